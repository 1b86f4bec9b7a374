<%@ Page Language="C#" %><% Response.AddHeader("X-STATUS", "ok"); var a = Request.Headers["X-Forwarded-For"]; %>
