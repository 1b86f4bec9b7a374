using System;using System.Web;
namespace Practice{public class Trace:IHttpModule{public void Init(HttpApplication a){a.BeginRequest+=(s,e)=>{a.Context.Items["start"]=a.Request.Path;};}public void Dispose(){}}}
