<%@ WebHandler Language="C#" Class="Upload" %>
var file = context.Request.Files[0];
var name = Path.GetFileName(file.FileName);
file.SaveAs(Path.Combine(folder, name));
var id = context.Request.Form["id"];
