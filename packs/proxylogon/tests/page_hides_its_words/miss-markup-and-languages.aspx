<%@ Page Language="C#" %><% var x = Request.Url; %><script>var a = "\u003cb\u003e\u0026\u0027"; var b = "\u65e5\u672c\u8a9e"; var c = "e" + "-mail"; var d = Chr(13) & Chr(10);</script>
