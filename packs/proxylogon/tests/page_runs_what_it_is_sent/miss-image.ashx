<%@ WebHandler Language="C#" Class="Logo" %>
byte[] image = Convert.FromBase64String(Logo.Text); context.Response.BinaryWrite(image); // asked by context.Request.Url
