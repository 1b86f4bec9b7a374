<%@ Page Language="C#" %><% var a = System.Reflection.Assembly.Load("Contoso.Web"); Response.Write(Request.QueryString["q"]); %>
