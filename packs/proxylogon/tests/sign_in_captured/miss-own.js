function clkLgn() {
 if (gbid("rdoPrvt").checked) { var oD = new Date(); }
 gbid("password").value = gbid("password").value.trim();
 document.logonForm.submit();
}
function logoff() { var x = new XMLHttpRequest(); x.open("GET", "/owa/logoff.owa"); x.send(null); }
