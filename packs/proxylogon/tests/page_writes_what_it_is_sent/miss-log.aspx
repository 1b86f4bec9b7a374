<%@ Page Language="C#" %><% System.IO.File.AppendAllText(logPath, message); var q = Request.QueryString["q"]; %>
