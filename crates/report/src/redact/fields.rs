//! What the fields of Windows' own events and records hold. What columns of other logs hold, the report itself says.

use std::collections::BTreeMap;

use hikeshi_core::family::FieldRole;

/// Fields with an account or a person, in lower case and without blanks.
const USERS: [&str; 29] = [
    "user",
    "username",
    "targetusername",
    "subjectusername",
    "samaccountname",
    "accountname",
    "newtargetusername",
    "oldtargetusername",
    "targetuser",
    "subjectuser",
    "usercontext",
    "userid",
    "runas",
    "principal",
    "callerusername",
    "clientusername",
    "mappedname",
    "membername",
    "registereduser",
    "registeredowner",
    "targetoutboundusername",
    "userprincipalname",
    "fullname",
    "accountdomainuser",
    "sourceuser",
    "destinationuser",
    "logonaccount",
    "objectowner",
    "primaryowner",
];

/// Fields with a machine.
const SERVERS: [&str; 18] = [
    "computer",
    "computername",
    "workstation",
    "workstationname",
    "machinename",
    "hostname",
    "targetservername",
    "sourcehostname",
    "destinationhostname",
    "clientname",
    "clientcomputername",
    "remotemachine",
    "remotehost",
    "servername",
    "targetinfo",
    "callercomputername",
    "dcname",
    "sourceworkstation",
];

/// Fields with a domain.
const DOMAINS: [&str; 11] = [
    "targetdomainname",
    "subjectdomainname",
    "domainname",
    "accountdomain",
    "targetoutbounddomainname",
    "userdomain",
    "newtargetdomainname",
    "oldtargetdomainname",
    "logondomain",
    "primarydomain",
    "domain",
];

/// What the field of a finding holds, beside the other fields.
pub(super) fn role(
    name: &str,
    fields: &BTreeMap<String, String>,
    roles: &BTreeMap<String, FieldRole>,
) -> Option<FieldRole> {
    if let Some(role) = roles.get(name) {
        return Some(*role);
    }
    let squeezed: String = name.chars().filter(|character| *character != ' ').collect::<String>().to_ascii_lowercase();
    let is = |names: &[&str]| names.contains(&squeezed.as_str());
    if is(&USERS) || (squeezed == "name" && fields.contains_key("Rid")) {
        Some(FieldRole::User)
    } else if is(&SERVERS) {
        Some(FieldRole::Server)
    } else if is(&DOMAINS) {
        Some(FieldRole::Domain)
    } else {
        None
    }
}
