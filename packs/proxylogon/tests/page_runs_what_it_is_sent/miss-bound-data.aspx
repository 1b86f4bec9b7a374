<%@ Page Language="C#" %>
<asp:Repeater runat="server"><ItemTemplate><%# Eval("Name") %> <%# DataBinder.Eval(Container.DataItem, "Mail") %></ItemTemplate></asp:Repeater>
<%= Request.QueryString["page"] %>
<script>var x = eval("(" + text + ")");</script>
