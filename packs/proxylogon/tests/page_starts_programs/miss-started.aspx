<%@ Page Language="C#" %>
<% Response.Write("Process started at " + started); %> <%= Request.Url %>
