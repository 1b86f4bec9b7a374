Stop-Service MSExchangeTransport
Get-WBSummary
bcdedit /enum
