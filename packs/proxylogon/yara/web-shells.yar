// What a page says that runs commands for whoever asks. The marks are forms of calls, not the text of any one shell.

private rule server_page
{
    strings:
        $block = "<%"
        $element = /<script[^>]{0,200}runat\s*=\s*["']?server/ nocase
        $asked = /\bRequest\s*(\.|\[|\()|\bHttpContext\b|\bInputStream\b|\bBinaryRead\b/ nocase
    condition:
        filesize < 2MB and ($block or $element) and $asked
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
        $scripted = /\beval\s*\(/ nocase
        $language = /language\s*=\s*["']?(jscript|javascript)\b/ nocase
        $unsafe = /["']unsafe["']/ nocase
        $loads = /\bAssembly\s*\.\s*Load\s*\(/ nocase
        $encoded = "FromBase64String" nocase
        $ciphered = /\b(RijndaelManaged|AesManaged|CreateDecryptor)\b/ nocase
        $php = /\b(eval|assert|system|passthru|shell_exec|exec|popen|proc_open|create_function)\s*\(\s*@?\s*((base64_decode|gzinflate|gzuncompress|str_rot13|stripslashes)\s*\(\s*)*\$_(POST|GET|REQUEST|COOKIE|SERVER)\b/ nocase
        $jsp_run = /getRuntime\s*\(\s*\)\s*\.\s*exec\s*\(|new\s+ProcessBuilder\s*\(|\bdefineClass\s*\(/
        $jsp_asked = "getParameter"
    condition:
        (server_page and ($evaluates or ($scripted and $language and $unsafe) or ($loads and 1 of ($encoded, $ciphered))))
        or (filesize < 2MB and ($php or ($jsp_run and $jsp_asked)))
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
    condition:
        server_page and any of them
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
        $wide = /\\U000000[4-7][0-9a-f]/
        $cut = /["'](e|ev|eva|u|un|uns|unsa|unsaf)["']\s*[+&]\s*["'](val|al|l|v|n|nsafe|safe|afe|fe|e|s)\b/ nocase
        $numbers = /(\bchrw?\s*\(\s*\d{2,3}\s*\)\s*[&+]\s*){4,}/ nocase
    condition:
        server_page and any of them
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
        filesize < 2MB and ($says or (2 of ($word_*) and $socket))
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
