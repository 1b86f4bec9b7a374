<%@ WebService Language="C#" CodeBehind="~/App_Code/Orders.cs" Class="Orders" %>
