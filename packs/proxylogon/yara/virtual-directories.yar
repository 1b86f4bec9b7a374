// Settings of a virtual directory with script in an address: what CVE-2021-27065 leaves, in the page that the reset wrote (R13)
// and in the settings themselves, exported from the directory (R15).

rule virtual_directory_with_script : CVE_2021_27065 T1505_003
{
    meta:
        description = "Settings of a virtual directory with script in an address"
        author = "Hikeshi project"
        license = "Apache-2.0"
        id = "e4d2c1b0-7a69-4f58-9c3d-2b1a0f9e8d75"
        reference = "https://www.microsoft.com/security/blog/2021/03/02/hafnium-targeting-exchange-servers/"
        severity = "high"
        stage = "exploitation"
        name_en = "Settings of a virtual directory with script in an address"
        name_ja = "URL にスクリプトが入った仮想ディレクトリの設定"
        means_en = "A file holds the settings of a virtual directory, and one of its addresses is script. Below a web folder it is the web shell that CVE-2021-27065 writes; elsewhere it is an export which shows that the address was planted."
        means_ja = "仮想ディレクトリの設定を書き出したファイルで、URL の 1 つがスクリプトになっています。Web フォルダーの中なら CVE-2021-27065 で書かれた Web シェル、ほかの場所なら URL が書き換えられたことを示す設定の写しです。"
        not_en = "Settings with ordinary addresses are not reported. Not every name of a page in the settings means that the page was written."
        not_ja = "通常の URL の設定は対象外です。設定が書き換えられていても、ページが書き込まれたとは限りません。"
        next_en = "Copy it with its times. Look in the logs of the admin centre for who set the address, and set it right after the copy."
        next_ja = "日時ごと写し取ります。管理センターのログで URL を設定した者を調べ、写し取った後に正しい URL に戻してください。"
    strings:
        $planted = /\b(In|Ex)ternalUrl\s*"?\s*[:=,>]\s*[^\r\n]{0,200}?(<\s*script|<%|%3c\s*script|%3c%25|&lt;script|&lt;%|\\u003cscript|\\u003c%)/ nocase ascii wide
        $name_1 = "OfflineAddressBooks" ascii wide
        $name_2 = "PollInterval" ascii wide
        $name_3 = "MetabasePath" ascii wide
        $name_4 = "AdminDisplayVersion" ascii wide
        $name_5 = "BasicAuthentication" ascii wide
        $name_6 = "WindowsAuthentication" ascii wide
        $name_7 = "ExtendedProtectionTokenChecking" ascii wide
        $name_8 = "DistinguishedName" ascii wide
        $name_9 = "VirtualDirectory" nocase ascii wide
    condition:
        filesize < 4MB and $planted and 2 of ($name_*)
}
