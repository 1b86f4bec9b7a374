<%@ Page Language="C#" CodePage="65001" %><% var x = Request.Url; %><script>var mail = "info\u0040example.org"; var r = /[\u0041-\u005a]/; // a comment
</script>
