<%@ Page Language="C#" %><asp:TextBox id="name" runat="server" /><% Label.Text = "The process has started (step 2)"; %>
