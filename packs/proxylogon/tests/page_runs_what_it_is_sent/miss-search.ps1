# A search for pages of the kind that intruders leave; inert.
$marks = "<%@ Page", "eval(Request.Item"
Get-ChildItem -Recurse -Include *.aspx | Select-String $marks -SimpleMatch
