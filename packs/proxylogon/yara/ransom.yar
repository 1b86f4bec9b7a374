// Notes and locked files of ransomware that came through these holes (DearCry, Black Kingdom), and notes of their kind.

rule ransom_note : T1486
{
    meta:
        description = "Ransom note"
        author = "Hikeshi project"
        license = "Apache-2.0"
        id = "3c0fb0d6-6a0c-4d53-9b62-2f7a0f1d4c10"
        reference = "https://attack.mitre.org/techniques/T1486/"
        severity = "high"
        stage = "action"
        name_en = "Ransom note"
        name_ja = "ランサムウェアの脅迫文"
        means_en = "A note says that files were encrypted and whom to contact to get them back. Ransomware ran on this server or on one that writes to it."
        means_ja = "ファイルを暗号化したことと、元に戻すための連絡先を伝える文書です。このサーバー、またはここに書き込める別のコンピューターで、ランサムウェアが実行されました。"
        not_en = "A readme of a program that offers encryption is not reported. The note does not say who wrote it, nor whether data were stolen too."
        not_ja = "暗号化の機能を持つプログラムの説明書は対象外です。だれが書いたか、データも盗まれたかは、これだけでは分かりません。"
        next_en = "Pull the network cable, leave the computer switched on and do not restart. Keep the note and the locked files; do not answer before you have help."
        next_ja = "ネットワーク ケーブルを抜き、電源は入れたままで再起動しないでください。文書と使えなくなったファイルは残し、支援を得る前に返信しないでください。"
    strings:
        $locked_1 = /\b(files?|data|documents|databases|network|servers?|computers?)\b[^.!]{0,160}\b(ha(s|ve) been|was|were|are|is)\b[^.!]{0,60}\b(encrypted|locked)\b/ nocase ascii wide
        $locked_2 = "hacked your" nocase ascii wide
        $back = /\b(want|how|order|able|need|possible) to (decrypt|restore|recover|unlock|get back|return)\b|\b(decrypt|restore|recover) (all |every|your )|\bdecrypt(or|er|ion (tool|key|software))\b/ nocase ascii wide
        $contact_1 = /\b(contact|e-?mail|write to|write us|message)\b[^\r\n]{0,80}\b(us|me|below|address)\b/ nocase ascii wide
        $contact_2 = /[a-z0-9._-]{3,40}@(airmail\.cc|memail\.com|protonmail\.com|proton\.me|tutanota\.com|onionmail\.org|cock\.li)/ nocase ascii wide
        $pay = /\b(bitcoins?|btc|monero|ransom|tor browser)\b|\.onion\b/ nocase ascii wide
        $hash = "send me the following hash" nocase ascii wide
        // Settings with comments on encryption are no letter to anybody.
        $settings = /<configuration[\s>]/ ascii wide
    condition:
        filesize < 256KB and not $settings in (0..1024) and 1 of ($locked_*) and ($back or $hash) and ($pay or $hash or $contact_2 or ($contact_1 and $locked_1 and $back))
}

rule ransom_locked_content : T1486
{
    meta:
        description = "File encrypted by DearCry"
        author = "Hikeshi project"
        license = "Apache-2.0"
        id = "a2a9b6b8-5f0d-4cc8-8f55-7b0a2f6c9e21"
        reference = "https://github.com/sophoslabs/IoCs"
        severity = "high"
        stage = "action"
        name_en = "File encrypted by DearCry"
        name_ja = "DearCry に暗号化されたファイル"
        means_en = "The file begins with the mark that the ransomware DearCry puts before what it encrypts. It came to many servers through this hole."
        means_ja = "ランサムウェア DearCry が、暗号化したファイルの先頭に付ける目印で始まっています。このランサムウェアは、この穴を通って多くのサーバーに入りました。"
        not_en = "It does not say whether the original can be found elsewhere: DearCry writes a copy, and the deleted original may still be on the disk."
        not_ja = "元のファイルが失われたとは限りません。DearCry は別に写しを作るため、削除された元のファイルがディスクに残っていることがあります。"
        next_en = "Pull the network cable, leave the computer switched on and do not restart. Write nothing to the disk: deleted originals can sometimes be brought back."
        next_ja = "ネットワーク ケーブルを抜き、電源は入れたままで再起動しないでください。削除された元のファイルを戻せることがあるため、ディスクには何も書き込まないでください。"
    strings:
        $mark = { 44 45 41 52 43 52 59 21 }
    condition:
        $mark at 0
}
