//! What lists call the kinds of indicators.

use super::guess;
use super::indicator::{Kind, Syntax};
use super::intake::Skip;

/// What a type's name says of the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    /// A value of one kind.
    Of(Kind, Syntax),
    /// A hash; which one shows by its length.
    Hash,
    /// A folder: it and all below it are meant.
    Folder,
    /// The ending of file names.
    Ending,
    /// Something; what it is shows by the value.
    Guess,
    /// A value that is listed because it is good.
    Good,
}

impl Named {
    /// What a value of this name is, how it is compared, and what is compared.
    pub(super) fn value(self, value: &str) -> Result<(Kind, Syntax, String), Skip> {
        match self {
            Self::Of(kind, syntax) => Ok((kind, syntax, value.to_owned())),
            Self::Hash => {
                let value = value.trim();
                guess::hash(value).map(|kind| (kind, Syntax::Literal, value.to_owned())).ok_or(Skip::BadValue)
            }
            Self::Folder => {
                let folder = value.trim().trim_end_matches(['\\', '/']);
                Ok((Kind::Path, Syntax::Glob, format!("{folder}{{,\\**}}")))
            }
            Self::Ending => {
                let ending = value.trim().trim_start_matches(['*', '.']);
                Ok((Kind::FileName, Syntax::Glob, format!("*.{ending}")))
            }
            Self::Guess => guess::guess(value).ok_or(Skip::KindUnknown),
            Self::Good => Err(Skip::KnownGood),
        }
    }
}

/// What the name of a type says, in CSV lists, MISP attributes and packs; `None` when nothing is looked for under it.
///
/// Compared without case, blanks and punctuation, so that `FileHash-SHA256`, `file_hash_sha256` and `sha-256` are near.
pub(super) fn of(name: &str) -> Option<Named> {
    let name = plain(name);
    if let Some(stem) =
        name.strip_suffix("regex").or_else(|| name.strip_suffix("pattern")).filter(|stem| !stem.is_empty())
    {
        return match literal(stem)? {
            Named::Of(kind, Syntax::Literal) if !kind.is_hash() => Some(Named::Of(kind, Syntax::Regex)),
            _ => None,
        };
    }
    literal(&name)
}

/// The parts of a value of several types, as MISP has them: `filename|sha256` of `a.exe|5994…`. One part for any other.
pub(super) fn parts<'t>(name: &'t str, value: &'t str) -> Vec<(&'t str, &'t str)> {
    match (name.split_once('|'), value.rsplit_once('|')) {
        (Some((one, other)), Some((left, right))) => vec![(one, left), (other, right)],
        _ if name == "malware-sample" => value
            .rsplit_once('|')
            .map_or(vec![("filename", value)], |(left, right)| vec![("filename", left), ("md5", right)]),
        _ => vec![(name, value)],
    }
}

/// The letters and digits of a name, in lower case; full-width ones as their ASCII twins.
pub(super) fn plain(name: &str) -> String {
    const FULL_WIDTH: u32 = 0xfee0;
    let narrow = |character: char| match character {
        '！'..='～' => char::from_u32(character as u32 - FULL_WIDTH).unwrap_or(character),
        other => other,
    };
    let kept = |character: &char| character.is_alphanumeric() || *character == 'ー';
    name.chars().map(narrow).filter(kept).flat_map(char::to_lowercase).collect()
}

fn literal(name: &str) -> Option<Named> {
    use Kind::{
        Account, Address, CommandLine, Detection, Domain, Email, FileName, Keyword, Md5, Network, Path, Service, Sha1,
        Sha256, Task, UriPath, Url, UserAgent,
    };
    let kind = match name {
        "md5" | "filehashmd5" | "hashmd5" | "md5hash" | "xmd5" => Md5,
        "sha1" | "filehashsha1" | "hashsha1" | "sha1hash" => Sha1,
        "sha256" | "filehashsha256" | "hashsha256" | "sha256hash" => Sha256,
        "path" | "filepath" | "fullpath" | "filefullpath" | "folderpath" | "filenamepath" | "パス" | "ファイルパス" => {
            Path
        }
        "filename" | "file" | "processname" | "process" | "image" | "ファイル名" | "プロセス名" => FileName,
        "ip" | "ipaddress" | "ipaddr" | "address" | "ipv4" | "ipv6" | "ipv4addr" | "ipv6addr" | "ipsrc" | "ipdst"
        | "srcip" | "dstip" | "sourceip" | "destinationip" | "c2ip" | "networkip" | "ipアドレス" | "アドレス" => {
            Address
        }
        "cidr" | "network" | "netblock" | "iprange" | "subnet" | "ネットワーク" => Network,
        "url" | "uri" | "urls" => Url,
        "uristem" | "uripath" | "urlpath" | "requestpath" => UriPath,
        "domain" | "domainname" | "hostname" | "host" | "fqdn" | "c2domain" | "dns" | "ドメイン" | "ドメイン名"
        | "ホスト名" | "ホスト" => Domain,
        "useragent" | "httpuseragent" | "ua" | "ユーザーエージェント" | "ユーザエージェント" => {
            UserAgent
        }
        "account" | "accountname" | "user" | "username" | "アカウント" | "アカウント名" | "ユーザー名" | "ユーザ名" => {
            Account
        }
        "service" | "servicename" | "windowsservicename" | "windowsservicedisplayname" | "サービス" | "サービス名" => {
            Service
        }
        "task" | "taskname" | "scheduledtask" | "windowsscheduledtask" | "タスク" | "タスク名" => Task,
        "command" | "commandline" | "cmdline" | "processcommandline" | "コマンド" | "コマンドライン" => {
            CommandLine
        }
        "detection" | "detectionname" | "avname" | "antivirusname" | "malwaretype" | "検知名" | "検出名" => {
            Detection
        }
        "email"
        | "emailaddress"
        | "emailsrc"
        | "emaildst"
        | "mail"
        | "emailaddr"
        | "emailreplyto"
        | "メールアドレス" => Email,
        "keyword" | "string" | "patterninfile" | "patternintraffic" | "patterninmemory" | "キーワード" | "文字列" => {
            Keyword
        }
        "hash" | "filehash" | "hashes" | "checksum" | "ハッシュ" | "ハッシュ値" => return Some(Named::Hash),
        "directory" | "folder" | "フォルダ" | "フォルダー" | "ディレクトリ" => {
            return Some(Named::Folder);
        }
        "fileextension" | "extension" | "拡張子" => return Some(Named::Ending),
        "indicator"
        | "ioc"
        | "value"
        | "indicatorvalue"
        | "iocvalue"
        | "observable"
        | "artifact"
        | "c2"
        | "通信先"
        | "不正通信先"
        | "インジケーター"
        | "インジケータ"
        | "指標"
        | "値" => return Some(Named::Guess),
        _ if name.starts_with("knowngood") => return Some(Named::Good),
        _ => return None,
    };
    Some(Named::Of(kind, Syntax::Literal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_in_every_spelling() {
        for (name, kind) in [
            ("FileHash-SHA256", Kind::Sha256),
            ("SHA-1", Kind::Sha1),
            ("ip-dst", Kind::Address),
            ("ＩＰアドレス", Kind::Address),
            ("ファイル名", Kind::FileName),
            ("IndicatorType: hostname", Kind::Domain),
            ("user_agent", Kind::UserAgent),
        ] {
            let name = name.rsplit(": ").next().unwrap();
            assert_eq!(of(name), Some(Named::Of(kind, Syntax::Literal)), "{name}");
        }
        assert_eq!(of("file_path_regex"), Some(Named::Of(Kind::Path, Syntax::Regex)));
        assert_eq!(of("md5_regex"), None);
        assert_eq!(of("known_good_path"), Some(Named::Good));
        assert_eq!(of("event_condition"), None);
        assert_eq!(of(""), None);
    }
}
