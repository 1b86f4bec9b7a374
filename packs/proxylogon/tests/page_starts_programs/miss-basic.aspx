<%@ Page Language="VB" %><script runat="server">
Sub Page_Load()
  Label1.Text = Request.Params("fb")
  EggShell(1)
End Sub
</script>
