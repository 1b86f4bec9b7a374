<% Set rs = connection.Execute(sql)
x = Replace(Request("name"), Chr(39), "")
If x = "" Then Response.Write Chr(34)
%>
