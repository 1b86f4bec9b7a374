// What a page says that runs commands for whoever asks. The marks are forms of calls, not the text of any one shell.

private rule server_page
{
    strings:
        $block = "<%"
        $element = /<script[^>]{0,200}runat\s*=\s*["']?server/ nocase
        $razor = /@\{|@functions\b|@code\b|@helper\b|@Request\s*[.\[(]/ nocase
        $asked = /\bRequest\s*(\.|\[|\()|\bHttpContext\b|\bInputStream\b|\bBinaryRead\b/ nocase
        $service = /<%@\s*(WebService|ServiceHost|WebHandler)\b/ nocase
        $form = /<asp:(TextBox|FileUpload|HiddenField)\b|<(input|textarea)\b[^>]{0,200}\brunat\s*=\s*["']?server/ nocase
    condition:
        filesize < 64MB and (($block and ($asked or $service or $form)) or (($element or $razor) and ($asked or $form)))
}

// Scripts of commands are looked at for other things: tools that look for web shells hold their words.
private rule command_script
{
    condition:
        extension == ".ps1" or extension == ".psm1" or extension == ".bat" or extension == ".cmd" or extension == ".vbs" or extension == ".vbe" or extension == ".wsf"
}

rule page_runs_what_it_is_sent : T1505_003
{
    meta:
        description = "Page that runs what it is sent"
        author = "Hikeshi project"
        license = "Apache-2.0"
        id = "0f5be0f4-2a0f-4d0c-9c49-6e0a1c1b7d31"
        reference = "https://github.com/nsacyber/Mitigating-Web-Shells"
        severity = "high"
        stage = "implant"
        name_en = "Page that runs what it is sent"
        name_ja = "送られた命令を実行するページ"
        means_en = "The page takes text or code out of a request and runs it. No product does that: it is a web shell, wherever it lies."
        means_ja = "要求に含まれる文字列やコードを取り出して実行するページです。製品がこのようなことを行うことはなく、置き場所にかかわらず Web シェルです。"
        not_en = "Whether the web server reaches the page where it lies now is not said. A copy kept by somebody who investigates looks the same."
        not_ja = "いまの場所で Web サーバーから使えるかどうかは分かりません。調査のために保管された写しも同じように見えます。"
        next_en = "Do not open it in a browser. Copy it with its times, read it as text, and look in the IIS log for everybody who requested a page of this name."
        next_ja = "ブラウザーでは開かないでください。日時ごと写し取ってテキストとして読み、IIS ログで同じ名前のページを要求した送信元をすべて調べます。"
    strings:
        $evaluates = /\b(eval|execute|executeglobal)\s*\(?\s*(\(\s*)*Request\s*(\.|\[|\()/ nocase
        $script_page = /<%@[^%]{0,200}\blanguage\s*=\s*["']?jscript\b/ nocase
        $scripted = /\beval\s*\(|\bJScriptEvaluate\s*\(/ nocase
        $script_element = /<script\b([^>]{0,200}\blanguage\s*=\s*["']?jscript\b[^>]{0,200}\brunat\s*=\s*["']?server|[^>]{0,200}\brunat\s*=\s*["']?server\b[^>]{0,200}\blanguage\s*=\s*["']?jscript)/ nocase
        $language = /language\s*=\s*["']?(jscript|javascript)\b/ nocase
        $unsafe = /["']unsafe["']/ nocase
        $loads_1 = /\bAssembly\s*\.\s*Load\s*\(/ nocase
        $loads_2 = /\bGetMethod\s*\(\s*["']Load["']/ nocase
        $loads_3 = /\bCurrentDomain\s*\.\s*Load\s*\(/ nocase
        $encoded = "FromBase64String" nocase
        $ciphered = /\b(RijndaelManaged|AesManaged|CreateDecryptor)\b/ nocase
        $body = /\bBinaryRead\s*\(|\bInputStream\b/ nocase
        $php = /\b(eval|assert|system|passthru|shell_exec|exec|popen|proc_open|pcntl_exec|create_function|call_user_func|call_user_func_array)\s*\(\s*@?\s*((base64_decode|gzinflate|gzuncompress|gzdecode|str_rot13|stripslashes|rawurldecode|urldecode|hex2bin|trim)\s*\(\s*)*@?(\$_(POST|GET|REQUEST|COOKIE|SERVER)\b|file_get_contents\s*\(\s*["']php:\/\/input)/ nocase
        $php_called = /\$_(POST|GET|REQUEST|COOKIE)\s*\[[^\]\r\n]{1,40}\]\s*\(\s*@?\s*\$/ nocase
        $php_created = /\bcreate_function\s*\([^;\r\n]{0,80}\$_(POST|GET|REQUEST|COOKIE)\b/ nocase
        $php_pattern = /\bpreg_replace\s*\(\s*["'][^"'\r\n]{0,100}[\/#~|@!%][a-z]{0,8}e[a-z]{0,8}["']\s*,[^;]{0,200}\$_(POST|GET|REQUEST|COOKIE)\b/
        $php_ticks = /(=|\becho|\bprint|\breturn|\(|;|\{|<\?(php)?)\s*`[^`'"\r\n]{0,100}\$(_(POST|GET|REQUEST|COOKIE)\b|\{\s*_(POST|GET|REQUEST|COOKIE)\b)/ nocase
        $php_input = "php://input" nocase
        $php_scripted = /\b(eval|assert)\s*\(\s*@?\s*\$/ nocase
        $php_ciphered = /\b(openssl_decrypt|mcrypt_decrypt)\s*\(|["']base64_["']\s*\.\s*["']|\]\s*\^\s*\$/ nocase
        $jsp_run = /getRuntime\s*\(\s*\)\s*\.\s*exec\s*\(|new\s+ProcessBuilder\s*\(|\bdefineClass\s*\(/
        $jsp_asked = "getParameter"
    condition:
        not command_script and ((server_page and ($evaluates or ($scripted and $language and $unsafe)
            or (any of ($loads_*) and 1 of ($encoded, $ciphered, $body))))
        or (filesize < 64MB and (($scripted and ($script_page or ($script_element and $encoded)))
            or any of ($php, $php_called, $php_created, $php_pattern, $php_ticks)
            or all of ($php_input, $php_scripted, $php_ciphered) or ($jsp_run and $jsp_asked))))
}

rule page_starts_programs : T1505_003
{
    meta:
        description = "Page that starts programs"
        author = "Hikeshi project"
        license = "Apache-2.0"
        id = "5d7c9f2e-11a1-47a9-8a5a-0b8f8e6f2c42"
        reference = "https://github.com/nsacyber/Mitigating-Web-Shells"
        severity = "medium"
        stage = "implant"
        name_en = "Page that starts programs"
        name_ja = "プログラムを起動するページ"
        means_en = "The page reads a request and can start programs on the server. Exchange ships no such page."
        means_ja = "要求を読み取り、サーバー上でプログラムを起動できるページです。Exchange にこのようなページは含まれません。"
        not_en = "A tool that an administrator wrote may do it too: ask."
        not_ja = "管理者が作った道具のこともあります。確かめてください。"
        next_en = "Copy it with its times, read it as text, and look in the IIS log for everybody who requested it."
        next_ja = "日時ごと写し取ってテキストとして読み、IIS ログで要求した送信元をすべて調べます。"
    strings:
        $starts_1 = /\bProcess\s*\.\s*Start\s*\(/ nocase
        $starts_2 = /\bProcessStartInfo\b/ nocase
        $starts_3 = /\bnew\s+(System\s*\.\s*Diagnostics\s*\.\s*)?Process\s*\(/ nocase
        $starts_4 = /\b(WScript\s*\.\s*Shell|Shell\s*\.\s*Application|Shell\s*\.\s*Users)\b/ nocase
        $starts_5 = "System.Management.Automation" nocase
        $starts_6 = /\bWin32_Process\b/ nocase
        $starts_7 = /\bxp_cmdshell\b|\bsp_OACreate\b/ nocase
        $starts_8 = /\bInteraction\s*\.\s*Shell\s*\(/ nocase
        $basic = /\blanguage\s*=\s*["']?(vb|visualbasic)/ nocase
        $basic_shell = /(=|\bCall|[\r\n:(]|\bThen)\s*Shell\s*\(/ nocase
        $imported = /\bDllImport\s*\(|\bDeclare\s+(Auto\s+)?Function\b/ nocase
        $started = /\b(CreateProcess(AsUser|WithLogonW)?|CreateThread|CreateRemoteThread|VirtualAlloc(Ex)?|WinExec|ShellExecute(Ex)?)[AW]?\s*\(/
        $compiles = /\b(CSharpCodeProvider|VBCodeProvider|JScriptCodeProvider|CompileAssemblyFromSource)\b/ nocase
        $included = /<!--\s{0,20}#exec\s{1,20}(cmd|cgi)\s*=/ nocase
    condition:
        not command_script and ((server_page and (any of ($starts_*) or ($imported and $started) or $compiles or ($basic and $basic_shell))) or (filesize < 64MB and $included))
}

rule page_hides_its_words : T1505_003
{
    meta:
        description = "Page that hides its words"
        author = "Hikeshi project"
        license = "Apache-2.0"
        id = "b1f6b3a7-8e0b-4a5b-8d0e-4f6a9d3e5c53"
        reference = "https://attack.mitre.org/techniques/T1027/"
        severity = "medium"
        stage = "implant"
        name_en = "Page that hides its words"
        name_ja = "語を隠しているページ"
        means_en = "The page spells plain letters as codes, or cuts telling words to pieces. That serves only to get past virus scanners."
        means_ja = "普通の文字をコードで書くか、目印になる語を細切れにしているページです。ウイルス対策をすり抜ける以外の目的はありません。"
        not_en = "Letters of other languages are written as codes in many pages; they are not meant."
        not_ja = "英字以外の文字をコードで書くことは普通にあり、対象外です。"
        next_en = "Copy it with its times and have somebody read it who knows the language. Look in the IIS log for everybody who requested it."
        next_ja = "日時ごと写し取り、その言語が分かる人に読んでもらいます。IIS ログで要求した送信元をすべて調べてください。"
    strings:
        $coded = /(\\u00[4-7][0-9a-f]){3,}|\\u00[4-7][0-9a-f][a-z]{1,6}\\u00[4-7][0-9a-f]/ nocase
        $called = /\\u00(4[1-9a-f]|5[0-9a]|6[1-9a-f]|7[0-9a])[a-z]{0,20}\s*(\(|\.\s*[a-z]|\[)|[a-z_]\s*\.\s*[a-z]{0,20}\\u00(4[1-9a-f]|5[0-9a]|6[1-9a-f]|7[0-9a])/ nocase
        $wide = /\\U000000[4-7][0-9a-f]/
        $cut = /["'](e|ev|eva|u|un|uns|unsa|unsaf)["']\s*[+&]\s*["'](val|al|l|v|n|nsafe|safe|afe|fe|e|s)\b/ nocase
        $numbers = /(\bchrw?\s*\(\s*\d{2,3}\s*\)\s*[&+]\s*){4,}/ nocase
        $parted = /\b(Request|eval|execute|Item|Assembly|Process)\s*\/\*[^*]{0,80}\*\/\s*[.(\[]/ nocase
        $ran = /(<%|:|[\r\n]|\bthen\b|\belse\b)\s*(execute|executeglobal|eval)(\s*\(\s*|\s+)[a-z_]\w*\s*(\(|\)?\s*(:|%>|[\r\n]))/ nocase
        $made = /\bchrw?b?\s*\(|\bXor\b|\bunescape\s*\(|\bBinaryRead\b/ nocase
        $seven = /<%@[^%]{0,100}\bcodepage\s*=\s*["']?65000\b/ nocase
        $turned = /\b(execute|executeglobal|eval)\s*\(?\s*(StrReverse|ChrW?|Replace|UnEscape)\s*\(/ nocase
        $block = "<%"
        $ciphered_script = /#@~\^[a-z0-9+\/]{6}==/ nocase
        $php_cut = /["'](a|as|ass|asse|asser)["']\s*\.\s*["'](ssert|sert|ert|rt|t)["']|["'](s|sy|sys|syst|syste)["']\s*\.\s*["'](ystem|stem|tem|em|m)["']|["'](e|ev|eva)["']\s*\.\s*["'](val|al|l)["']|["'](sh|shel|shell|shell_)["']\s*\.\s*["'](ell_exec|l_exec|_exec|exec)["']|["'](b|ba|base|base64|base64_)["']\s*\.\s*["'](ase64_decode|se64_decode|64_decode|_decode|decode|de)["']/ nocase
        $php_sent = /\$\w{1,40}\s*\(\s*@?\s*\$_(POST|GET|REQUEST|COOKIE)\b/ nocase
        $php_packed = /\b(eval|assert)\s*\(\s*@?\s*(gzinflate|gzuncompress|gzdecode|base64_decode|str_rot13|strrev|hex2bin|convert_uudecode)\s*\(/ nocase
    condition:
        not command_script and ((server_page and any of ($coded, $called, $wide, $cut, $numbers, $turned))
        or (filesize < 64MB and (($block and ($ciphered_script or $seven or $parted or ($ran and $made))) or ($php_cut and $php_sent) or $php_packed)))
}

rule page_writes_what_it_is_sent : T1505_003 T1105
{
    meta:
        description = "Page that writes files where the request says"
        author = "Hikeshi project"
        license = "Apache-2.0"
        id = "2f5a1c7e-6b0d-4e39-9a41-c8d27e5b3f16"
        reference = "https://github.com/nsacyber/Mitigating-Web-Shells"
        severity = "medium"
        stage = "implant"
        name_en = "Page that writes files where the request says"
        name_ja = "要求どおりの場所にファイルを書き込むページ"
        means_en = "The page takes the name or the content of a file straight from the request and writes it. Intruders put such a page down first, to bring the rest of their tools."
        means_ja = "要求に含まれる名前や内容を、そのままファイルに書き込むページです。侵入者が最初に置き、残りのツールを送り込むために使います。"
        not_en = "Pages that take in uploads under names of their own are not reported. A badly written upload of an application may be."
        not_ja = "自身で決めた名前で保管するアップロード用のページは対象外です。作りの甘いアップロード機能は該当することがあります。"
        next_en = "Copy it with its times, read it as text, look in the IIS log for everybody who requested it, and for files that came after these requests."
        next_ja = "日時ごと写し取ってテキストとして読み、IIS ログで要求した送信元をすべて調べます。その要求の後に現れたファイルも探してください。"
    strings:
        $saved = /\bSaveAs\s*\([^;]{0,200}\bRequest\s*(\.\s*(Form|QueryString|Item|Params|Headers|Cookies)\b|\[|\()/ nocase
        $written = /\bFile\s*\.\s*(WriteAll(Text|Bytes|Lines)|AppendAll(Text|Lines)|Create(Text)?|OpenWrite|AppendText)\s*\([^;]{0,200}\bRequest\s*(\.\s*(Form|QueryString|Item|Params|Headers|Cookies)\b|\[|\()/ nocase
        $streamed = /\bnew\s+(System\s*\.\s*IO\s*\.\s*)?(StreamWriter|FileStream)\s*\([^;]{0,200}\bRequest\s*(\.\s*(Form|QueryString|Item|Params|Headers|Cookies)\b|\[|\()/ nocase
        $classic = /\.\s*(SaveToFile|CreateTextFile|OpenTextFile)\s*\(?[^\r\n]{0,80}\bRequest\s*(\.\s*(Form|QueryString)\b|\()/ nocase
        $php_moved = /\b(move_uploaded_file|copy)\s*\(\s*@?\$_FILES\b[^;]{0,100},[^;]{0,100}\$_(POST|GET|REQUEST|COOKIE)\b/ nocase
        $php_written = /\b(file_put_contents|fopen)\s*\(\s*@?\$_(POST|GET|REQUEST|COOKIE)\b/ nocase
    condition:
        not command_script and ((server_page and any of ($saved, $written, $streamed, $classic)) or (filesize < 64MB and any of ($php_*)))
}

rule source_answers_requests : T1505_003
{
    meta:
        description = "Source that takes part in all requests and runs what it is sent"
        author = "Hikeshi project"
        license = "Apache-2.0"
        id = "4f2d92ab-5a3e-4f6d-9a3c-5a1f4c0e7d28"
        reference = "https://learn.microsoft.com/en-us/dotnet/api/system.web.ihttpmodule"
        severity = "high"
        stage = "implant"
        name_en = "Source that answers requests and runs what it is sent"
        name_ja = "要求に応答し、送られた命令を実行するソース コード"
        means_en = "Source code in a web folder takes part in every request, reads what visitors send, and starts programs or loads code. A web shell without a page of its own looks like this."
        means_ja = "Web フォルダーのソース コードがすべての要求に関わり、訪問者が送った内容を読み取って、プログラムの起動やコードの読み込みを行います。専用のページを持たない Web シェルの特徴です。"
        not_en = "Source that reads requests and starts nothing is not reported. In other folders it is not looked at."
        not_ja = "要求を読むだけで何も起動しないソースは対象外です。ほかのフォルダーは調べていません。"
        next_en = "Copy it with its times and read it as text. Look for what w3wp.exe started since then, and for requests with unusual headers."
        next_ja = "日時ごと写し取り、テキストとして読みます。それ以降に w3wp.exe が起動したものと、通常と異なるヘッダーの要求を調べてください。"
    strings:
        $takes_part = /\bIHttp(Async)?(Handler|Module)\b|\bPreApplicationStartMethod\b|\bRegisterModule\s*\(|\b(BeginRequest|PostAuthenticateRequest|EndRequest)\s*\+=|\bApplication_(BeginRequest|Start|Error)\b|\bVirtualPathProvider\b/
        $asked = /\bRequest\s*(\.|\[|\()/
        $starts_1 = /\bProcess\s*\.\s*Start\s*\(|\bProcessStartInfo\b|\bInteraction\s*\.\s*Shell\s*\(/
        $starts_2 = /\bAssembly\s*\.\s*Load\s*\(|\bCurrentDomain\s*\.\s*Load\s*\(/
        $starts_3 = /\b(CSharpCodeProvider|VBCodeProvider|BinaryFormatter|LosFormatter|ObjectStateFormatter|SimpleTypeResolver)\b/
        $starts_4 = "System.Management.Automation"
        $source = /(^|[\r\n;{}])\s*(using\s+System|Imports\s+System|namespace\s|public\s+class\s|Public\s+Class\s)/
    condition:
        filesize < 1MB and uint16(0) != 0x5A4D and $source and $takes_part and $asked and any of ($starts_*)
}

rule sign_in_captured : T1056_003
{
    meta:
        description = "Sign-in page that keeps or passes on passwords"
        author = "Hikeshi project"
        license = "Apache-2.0"
        id = "d2a0f8c6-8f1b-4a5c-b7a7-7c7f4f0a5f39"
        reference = "https://attack.mitre.org/techniques/T1056/003/"
        severity = "high"
        stage = "implant"
        name_en = "Sign-in page that passes passwords on"
        name_ja = "パスワードを別の場所へ送るサインイン ページ"
        means_en = "The sign-in page, or its script, sends what people type to another place than the sign-in, or writes it to a file. Everybody's password that was typed since is known to the intruder."
        means_ja = "サインイン ページまたはそのスクリプトが、入力された内容をサインイン以外の場所に送るか、ファイルに書き込んでいます。それ以降に入力されたパスワードは、すべて侵入者に知られています。"
        not_en = "Pages that the organisation adapted, with its name and colours, are not reported. Products for single sign-on that send the password themselves may be."
        not_ja = "名称や配色を変えただけのページは対象外です。自身でパスワードを送信するシングル サインオン製品は該当することがあります。"
        next_en = "Copy it with its times, compare it with the page of another server of the same build, and find the place that it sends to or writes to. All who signed in since need new passwords."
        next_ja = "日時ごと写し取り、同じビルドの別のサーバーのページと比べ、送り先や書き込み先を調べます。それ以降にサインインした全員のパスワードを変更する必要があります。"
    strings:
        $form = /\blogonForm\b|\bauth\.owa\b|\bclkLgn\b|\bflogon\b/
        $passes = /\b(setRequestHeader|sendBeacon|fetch|open|send|ajax|post|get|src)\b[^;\r\n]{0,240}\bpass(word|wd)?\b["')\]]{0,4}\s*\)?\s*\.\s*(value|val\s*\()/ nocase
        $reads = /\bpass(word|wd)?\b["')\]]{0,4}\s*\)?\s*\.\s*(value|val\s*\()/ nocase
        $sends = /\.\s*sendBeacon\s*\(|\bfetch\s*\(|\bnew\s+(XMLHttpRequest|Image|WebSocket)\b|\$\s*\.\s*(ajax|post|get)\s*\(|\bcreateElement\s*\(\s*["'](img|script|iframe)["']/ nocase
        $packs = /\b(btoa|encodeURIComponent|escape|JSON\s*\.\s*stringify)\s*\(/
        $server_reads = /\bRequest\s*(\.\s*(Form|Params|Item))?\s*[\[(]\s*["']password["']/ nocase
        $server_keeps = /\bFile\s*\.\s*(Append|WriteAll)|\bStreamWriter\b|\bWebClient\b|\bHttpWebRequest\b|\bSmtpClient\b|\bOpenTextFile\b/ nocase
    condition:
        filesize < 1MB and uint16(0) != 0x5A4D
        and (($form and ($passes or ($reads and $sends and $packs))) or ($server_reads and $server_keeps))
}

rule page_is_a_tunnel : T1505_003
{
    meta:
        description = "Page that is a tunnel"
        author = "Hikeshi project"
        license = "Apache-2.0"
        id = "c7a3e5d1-90b2-4f1c-a6e7-1d2c3b4a5f64"
        reference = "https://attack.mitre.org/techniques/T1090/"
        severity = "high"
        stage = "implant"
        name_en = "Page that is a tunnel"
        name_ja = "通信を中継するページ"
        means_en = "The page passes traffic on to the inside of the network, as the tool reGeorg does. Whoever uses it sits, as it were, at this server."
        means_ja = "reGeorg のように、社内ネットワークへの通信を中継するページです。使う者は、このサーバーの前に座っているのと同じことができます。"
        not_en = "It does not say which computers were reached."
        not_ja = "どのコンピューターに接続されたかは、これだけでは分かりません。"
        next_en = "Copy it with its times. Look at connections from this server to the inside, above all to domain controllers and remote desktop."
        next_ja = "日時ごと写し取ります。このサーバーから内部、とくにドメイン コントローラーやリモート デスクトップへの接続を調べてください。"
    strings:
        $word_1 = "X-CMD" nocase fullword
        $word_2 = "X-TARGET" nocase fullword
        $word_3 = "X-STATUS" nocase fullword
        $says = "Georg says"
        $socket = /\b(new\s+Socket\s*\(|SocketChannel|fsockopen\s*\()/
    condition:
        not command_script and (filesize < 64MB and ($says or (2 of ($word_*) and $socket)))
}

rule library_answers_requests : T1505_003 T1505_004
{
    meta:
        description = "Unsigned library that answers requests of the web server and runs what it is sent"
        author = "Hikeshi project"
        license = "Apache-2.0"
        id = "7b1d6f0c-58c1-4f0e-9a55-3f1c0a7be914"
        reference = "https://learn.microsoft.com/en-us/dotnet/api/system.web.ihttphandler"
        severity = "medium"
        stage = "implant"
        name_en = "Library that answers web requests and runs what it is sent"
        name_ja = "Web 要求に応答し、送られた命令を実行するライブラリ"
        means_en = "The library takes part in the web server, reads what visitors send, and can load code or start programs. It bears no signature of Microsoft, as all libraries of Exchange do. A web shell without a page looks like this."
        means_ja = "Web サーバーの一部として動き、訪問者が送った内容を読み取って、コードの読み込みやプログラムの起動ができるライブラリです。Exchange のライブラリにある Microsoft の署名がありません。ページを持たない Web シェルの特徴です。"
        not_en = "Modules of other makers, such as mail filters and single sign-on, can look like this. Libraries in folders that the web server does not use are not looked at."
        not_ja = "メール フィルターやシングル サインオンなど、ほかのメーカーのモジュールも該当することがあります。Web サーバーが使わないフォルダーは対象外です。"
        next_en = "Ask which product it belongs to, and compare its time with the installation. If nobody knows it, copy it with its times and hash and have the copy examined."
        next_ja = "どの製品のものかを確かめ、日時をインストール時と比べます。心当たりがなければ、日時とハッシュごと写し取り、その写しを調査に出してください。"
    strings:
        $takes_part = /\bIHttp(Async)?Handler\b|\bIHttpModule\b/
        $asked = /\bget_(Form|Params|Headers|Cookies|QueryString|InputStream|Item)\b|\bBinaryRead\b/
        $decodes = "FromBase64String"
        $loads = /\bAssembly\b/
        $load = /\bLoad\b/
        $starts = "ProcessStartInfo"
        $compiles = "CSharpCodeProvider"
        $binary = "BinaryFormatter"
        $signed = "Microsoft Code Signing PCA"
    condition:
        uint16(0) == 0x5A4D and filesize < 1MB and $takes_part and $asked
        and (($loads and $load and $decodes) or ($starts and $decodes) or $compiles or $binary)
        and not $signed
}

rule source_under_picture_ending : T1505_003 T1036_008
{
    meta:
        description = "Source of a page under the ending of a picture or a text"
        author = "Hikeshi project"
        license = "Apache-2.0"
        id = "7c2a6d0e-9f1b-4b3c-8d25-3e6f4a1b9c70"
        reference = "https://attack.mitre.org/techniques/T1505/003/"
        severity = "high"
        stage = "implant"
        name_en = "Source of a page under the ending of a picture or a text"
        name_ja = "画像やテキストの拡張子を持つページのソース コード"
        means_en = "A file that calls itself a picture or a text holds functions of a page that read what visitors send and run or write it. A page of a few words beside it takes it in."
        means_ja = "画像やテキストを名乗るファイルに、訪問者が送った内容を読み取って実行または書き込むページの関数が入っています。隣に置かれた短いページがこれを読み込みます。"
        not_en = "Source under its own endings, and texts that only show such code in part, are not reported here."
        not_ja = "本来の拡張子のソース コードや、コードの一部だけを載せた文書は対象外です。"
        next_en = "Copy it with its times and read it as text. Look for pages in the same folder whose src names it, and for requests to them."
        next_ja = "日時ごと写し取り、テキストとして読みます。同じフォルダーで src にこの名前を書いているページと、そのページへの要求を調べてください。"
    strings:
        $function = /\b(void|sub|function|object|string)\s+(Page_[A-Za-z]{2,20}|ProcessRequest|OnInit|OnLoad|OnPreInit)\s*\(/ nocase ascii wide
        $asked = /\bRequest\s*(\.|\[|\()/ nocase ascii wide
        $does_1 = /\bProcess\s*\.\s*Start\s*\(|\bProcessStartInfo\b|\bInteraction\s*\.\s*Shell\s*\(/ nocase ascii wide
        $does_2 = /\bAssembly\s*\.\s*Load\s*\(|\bCurrentDomain\s*\.\s*Load\s*\(/ nocase ascii wide
        $does_3 = /\bFile\s*\.\s*(WriteAll(Text|Bytes|Lines)|AppendAll(Text|Lines))\s*\([^;]{0,200}\bRequest\b/ nocase ascii wide
        $does_4 = /\beval\s*\(|\bScriptControl\b|\bCodeDomProvider\b|\bCSharpCodeProvider\b|System\.Management\.Automation/ nocase ascii wide
    condition:
        filesize < 1MB and uint16(0) != 0x5A4D
        and (extension == ".gif" or extension == ".jpg" or extension == ".jpeg" or extension == ".png" or extension == ".bmp" or extension == ".ico" or extension == ".svg" or extension == ".css" or extension == ".txt" or extension == ".log" or extension == ".dat" or extension == ".tmp" or extension == ".inc" or extension == ".ttf" or extension == ".woff")
        and $function and $asked and any of ($does_*)
}

rule state_of_pages_unprotected : T1505_004
{
    meta:
        description = "Settings by which the state of pages can be forged"
        author = "Hikeshi project"
        license = "Apache-2.0"
        id = "2d91c4e7-5b83-4a60-9c1f-8f7e6d3a2b58"
        reference = "https://learn.microsoft.com/en-us/dotnet/api/system.web.ui.page.enableviewstatemac"
        severity = "medium"
        stage = "implant"
        name_en = "Settings by which the state of pages can be forged"
        name_ja = "ページの状態を偽造できるようにする設定"
        means_en = "Settings of a folder fix the keys that sign the state of pages and switch the check of it off. Whoever knows that can have the server load code by a plain request, without a page of his own."
        means_ja = "フォルダーの設定で、ページの状態に署名する鍵が固定され、その検査も止められています。これを知る者は、専用のページがなくても、要求だけでサーバーにコードを読み込ませることができます。"
        not_en = "Fixed keys alone, as several servers share them, are not reported. Whether the settings were used is not said."
        not_ja = "複数のサーバーで共有するための鍵の固定だけなら対象外です。実際に悪用されたかどうかは、これだけでは分かりません。"
        next_en = "Copy the file with its times. If nobody set it, look for POST requests below this folder with a long body, and for events 1316 of ASP.NET."
        next_ja = "日時ごと写し取ります。心当たりがなければ、このフォルダー以下への本文の長い POST 要求と、ASP.NET のイベント 1316 を調べてください。"
    strings:
        $keys = /<machineKey\b[^>]{0,400}\bvalidationKey\s*=\s*["'][0-9A-Fa-f]{16}/ nocase ascii wide
        $unchecked = /\benableViewStateMac\s*=\s*["']false/ nocase ascii wide
        $allowed = /aspnet:AllowInsecureDeserialization["'][^>]{0,40}["']true/ nocase ascii wide
    condition:
        filesize < 1MB and extension == ".config" and $keys and any of ($unchecked, $allowed)
}
