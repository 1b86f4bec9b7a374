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
        $locked_1 = /\b(files?|data|documents|databases|network|servers?|computers?|volumes?|disks?|drives?|systems?|machines|backups?|infrastructure|company)\b[^.!]{0,160}\b(ha(s|ve) been|was|were|are|is)\b[^.!]{0,60}\b(encrypted|locked)\b/ nocase ascii wide
        $locked_2 = "hacked your" nocase ascii wide
        $locked_3 = /\b(files?|data|documents|databases|mail|servers?|disks?|drives?|backups?)\b[^.!]{0,160}\b(ha(s|ve) been|was|were|are|is)\b[^.!]{0,60}\b(packed|archived|crypted|encoded|taken|copied|in (the|our) (vault|hands))\b/ nocase ascii wide
        $back = /\b(want|how|order|able|need|possible) to (decrypt|restore|recover|unlock|get back|return)\b|\b(decrypt|restore|recover) (all |every|your )|\bdecrypt(or|er|ion (tool|key|software))\b|\bdecrypt (it|one|any|some|a few|\d+|them)\b|\bget (the|your) (password|key|files|data)\b|\b(free|test|trial) (decryption|recovery|unpacking)\b/ nocase ascii wide
        $contact_1 = /\b(contact|e-?mail|write to|write us|message)\b[^\r\n]{0,80}\b(us|me|below|address)\b/ nocase ascii wide
        $contact_2 = /[a-z0-9._-]{3,40}@(airmail\.cc|memail\.com|protonmail\.com|proton\.me|tutanota\.com|onionmail\.org|cock\.li)/ nocase ascii wide
        $contact_3 = /\b(write|contact|mail|message|reach|send)\b[^\r\n]{0,60}[a-z0-9._-]{2,40}@[a-z0-9.-]{3,60}/ nocase ascii wide
        $threat = /\b(price|sum) (is|will be|goes|becomes|doubles?)\b|\bdouble\b|\b(sold|published?|leaked|auction)\b|\bfor free\b|\bprice\s*:|\byou have (\d+|two|three|four|five|seven|ten) (days|hours)\b|\b(within|after|in) (\d+|two|three|four|five|seven|ten) (days|hours)\b/ nocase ascii wide
        $pay = /\b(bitcoins?|btc|monero|ransom|tor browser)\b|\.onion\b/ nocase ascii wide
        $hash = "send me the following hash" nocase ascii wide
        // Settings with comments on encryption are no letter to anybody.
        $settings = /<configuration[\s>]/ ascii wide
    condition:
        filesize < 256KB and not $settings in (0..1024) and (1 of ($locked_1, $locked_2) or ($locked_3 and $pay and $contact_3 and $threat)) and ($back or $hash) and ($pay or $hash or $contact_2 or ($contact_1 and $locked_1 and $back) or ($contact_3 and $threat and $locked_1))
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

rule script_removes_recovery : T1490
{
    meta:
        description = "Script that takes away what could be restored from"
        author = "Hikeshi project"
        license = "Apache-2.0"
        id = "8b0b6d53-0a51-4a0e-8ce1-0d9a35b0a7c4"
        reference = "https://attack.mitre.org/techniques/T1490/"
        severity = "high"
        stage = "action"
        name_en = "Script that takes away what could be restored from"
        name_ja = "復元の手段を取り除くスクリプト"
        means_en = "A script deletes all shadow copies or backups and does more of what ransomware does before it encrypts: it keeps Windows from repairing itself, empties logs, stops what holds files open, or locks disks."
        means_ja = "すべてのシャドウ コピーやバックアップを削除し、さらに Windows の自動修復の停止、ログの消去、ファイルを開いているサービスの停止、ディスクの暗号化など、ランサムウェアが暗号化の前に行う操作を行うスクリプトです。"
        not_en = "A script that only deletes shadow copies, to make room, is not reported. Whether this one was run is not said."
        not_ja = "容量を空けるためにシャドウ コピーを削除するだけのスクリプトは対象外です。実行されたかどうかは、これだけでは分かりません。"
        next_en = "If nobody knows of it, pull the network cable, leave the computer switched on and do not restart. Copy the script with its times and look for what started it."
        next_ja = "心当たりがなければ、ネットワーク ケーブルを抜き、電源は入れたままで再起動しないでください。スクリプトを日時ごと写し取り、起動したものを調べます。"
    strings:
        $delete_1 = /\bvssadmin(\.exe)?["']?\s+delete\s+shadows\b[^\r\n]{0,40}\/all\b/ nocase ascii wide
        $delete_2 = /\bshadowcopy\b[^\r\n]{0,60}\bdelete\b/ nocase ascii wide
        $delete_3 = /\bWin32_ShadowCopy\b[^\r\n]{0,120}(\.Delete\s*\(|\bRemove-(WmiObject|CimInstance)\b)/ nocase ascii wide
        $delete_4 = /\bwbadmin(\.exe)?["']?\s+delete\s+(catalog|systemstatebackup|backup)\b/ nocase ascii wide
        $delete_5 = /\bdelete\s+shadows\s+all\b/ nocase ascii wide
        $more_1 = /\bbcdedit(\.exe)?["']?\s+\/set\b[^\r\n]{0,40}\b(recoveryenabled\s+(no|off)|bootstatuspolicy\s+ignoreallfailures|safeboot)\b/ nocase ascii wide
        $more_2 = /\bwevtutil(\.exe)?["']?\s+(cl|clear-log)\b|\bClear-EventLog\b|\bGlobalSession\.ClearLog\b/ nocase ascii wide
        $more_3 = /\bfirewallpolicy\s+blockinbound\b|\bset\s+(all|current|domain)profiles?\s+state\s+off\b/ nocase ascii wide
        $more_4 = /\b(taskkill|Stop-Process|Stop-Service|net1?\s+stop)\b[^\r\n]{0,80}\b(ms)?(sql|veeam|backup|exchange|oracle|vss)/ nocase ascii wide
        $more_5 = /\b(Enable-BitLocker|manage-bde)\b/ nocase ascii wide
        $more_6 = /\bDisableRealtimeMonitoring\b|\bcipher(\.exe)?\s+\/w:|\bfsutil(\.exe)?\s+usn\s+deletejournal\b|\breagentc(\.exe)?\s+\/disable\b/ nocase ascii wide
    condition:
        filesize < 1MB and uint16(0) != 0x5A4D and 1 of ($delete_*) and 1 of ($more_*)
}

rule script_deletes_shadow_copies : T1490
{
    meta:
        description = "Script for diskshadow that deletes all shadow copies"
        author = "Hikeshi project"
        license = "Apache-2.0"
        id = "c6a9f1d2-7e34-4b85-a0d6-1f5b8c3e9a47"
        reference = "https://learn.microsoft.com/en-us/windows-server/administration/windows-commands/diskshadow"
        severity = "low"
        stage = "action"
        name_en = "Script for diskshadow that deletes all shadow copies"
        name_ja = "すべてのシャドウ コピーを削除する diskshadow のスクリプト"
        means_en = "A script for diskshadow makes no shadow copy and deletes all of them."
        means_ja = "diskshadow のスクリプトで、シャドウ コピーを作らずにすべて削除する内容です。"
        not_en = "Backup staff have such scripts to make room. It does not change the verdict unless an intruder was at work beside it."
        not_ja = "空き容量を作るためにバックアップ担当者が使うこともあります。侵入者の操作と並んでいなければ、判定は変わりません。"
        next_en = "Ask whose it is. Look for what started diskshadow, and whether shadow copies are left."
        next_ja = "だれのものかを確かめます。diskshadow を起動したものと、シャドウ コピーが残っているかを調べてください。"
    strings:
        $delete = /(^|[\r\n])\s*delete\s+shadows\s+all\b/ nocase ascii wide
        $makes = /(^|[\r\n])\s*(create|add\s+volume|begin\s+backup|expose)\b/ nocase ascii wide
    condition:
        filesize < 8KB and $delete and not $makes
}
