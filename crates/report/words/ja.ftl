# 判定: どの出力でも最初の一行。
verdict-clean = 問題なし: 侵害の痕跡は見つからず、判断に必要な証拠はすべて確認できました。
verdict-inconclusive = 判断できません: 痕跡は見つかりませんでしたが、判断に必要な証拠がそろっていません。
verdict-attempted = 攻撃あり: このサーバーは攻撃を受けています。侵入に成功した痕跡は見つかっていません。
verdict-exploited = 侵入あり: このサーバーへの攻撃が成功しています。侵害されたものとして扱ってください。
verdict-compromised = 侵害あり: 侵入され、何かを残されたか、サーバー上で操作されています。
practice = 訓練用データ: 一部のファイルは `hikeshi drill` が作ったものです。判定は本物と同じように行います。
partial = 中断: 調査は途中で止められました。以下は一部だけの結果です。
redacted = 仮名化済み: 人・コンピューター・ドメインの名前と内部のアドレスは、見分けられた範囲で仮名に置き換えてあります。

head-why = 判定の理由
head-window = 期間
head-now = 今すること
head-do-not = 今してはいけないこと
head-unseen = 確認できなかったもの
head-findings = 見つかった痕跡
head-context = 参考 (判定には影響しません)
head-timeline = 経過 (UTC)
head-actors = 攻撃者の区別 (痕跡から分かる範囲)
actor-intruder = 侵入者 { $id }
actor-probers = 試行だけにとどまった接続元
actor-addresses = 接続元
actor-pages = 置かれた、または使われたページ
actor-accounts = 作成されたアカウント
actor-rows = 全ログに残るこれらの接続元の行: { $count } 行
actor-agents = 名乗っていた名前
head-coverage = 確認したもの (UTC)
head-contacts = 連絡先
head-rules-skipped = 使えなかったルール
head-packs = 使った知識パック

step-copy-expiring-do = 何よりも先に、本日中に、次のログを別の機器へ写し取ります: { $kinds }。最も古い { $oldest } の行は { $deleted } から消え始めます ({ $days ->
    [0] いつ消えてもおかしくありません
   *[other] あと { $days } 日
  }。最新の記録 { $as-of } から数えています)。
step-copy-expiring-do-telling = 何よりも先に、本日中に、次のログを別の機器へ写し取ります: { $kinds }。攻撃を示す { $telling } の行は { $telling-deleted } に消えます ({ $telling-days ->
    [0] いつ消えてもおかしくありません
   *[other] あと { $telling-days } 日
  }。最新の記録 { $as-of } から数えています)。最も古い { $oldest } の行は、それより先に消えます ({ $days ->
    [0] いつ消えてもおかしくありません
   *[other] あと { $days } 日
  })。
step-copy-expiring-why = サーバーが自動的に消していくもので、消えた後は取り戻せません。
step-copy-expiring-takes = 10 分から 1 時間
step-takes = 所要時間の目安: { $time }。

reason-rule-held = { $name } ({ $stage-word }): { $count } 件、{ $period }
reason-rule-held-uncertain = { $name }: 壊れた行 { $count } 件。列の対応が不確かなため、試行としてのみ数えます
reason-more-rules = ほかに { $count } 個のルールが当てはまりました
reason-only-attempts = いずれも成功の応答は返っておらず、手元のログには成功後に起きるはずの痕跡もありません。
reason-attempts-unjudged = これらのルールは攻撃の試行を示すもので、成功したかどうかまでは分かりません。
reason-nothing-recognised = 証拠として認識できるファイルがありません。サーバーのログがあるフォルダーか、ログ ファイルそのものを指定してください。
reason-nothing-found = 確認した範囲では、判定に関わる痕跡は見つかりませんでした。
reason-kind-missing = 確認できていません: { $kind }。
reason-kind-incomplete = 確認できていません: { $kind }、{ $from } から { $to } まで{ $count ->
    [1] { "" }
   *[other] { " " }(途切れ { $count } か所)
  }。
reason-retention-short = 次のログは { $first } 以降のものしかありません。攻撃は { $window } から知られていますが、これらのログは { $days } 日分しか残りません: { $kinds }。
reason-unreadable = { $count } か所を読めなかったか、一部しか読めませんでした。
reason-leads-not-followed = 見つかった手がかりが多く、{ $count } 件 (ページ、アカウント、接続元、クライアント名) は追跡していません。ここに示した以上の活動があるかもしれません。
reason-narrowed-paths = 指定により一部だけを調べました ({ $files } ファイルを除外)。この場合「痕跡なし」とは言えません。
reason-narrowed-period = 指定により { $since } から { $until } までだけを調べました ({ $files } ファイルを除外)。この場合「痕跡なし」とは言えません。
reason-narrowed-since = 指定により { $since } 以降だけを調べました ({ $files } ファイルを除外)。この場合「痕跡なし」とは言えません。
reason-narrowed-until = 指定により { $until } までだけを調べました ({ $files } ファイルを除外)。この場合「痕跡なし」とは言えません。
reason-partial = すべてを読み終える前に中断されました。
reason-all-covered = 判断に必要な証拠が全期間そろっています。

window-nothing-seen = 確認できた期間はありません。
window-nothing-found = { $from } から { $to } までに痕跡は見つかりませんでした。
window-seen = { $from } から { $to } までの記録を確認しました。
window-known = 攻撃は { $from } から知られています。

window-from-installed = このサーバーは { $at } に導入されたため、期間はそこから始まります。
window-to-patched = 遅くとも { $at } には修正済みビルドになっていたため、期間はそこで終わります。

head-affected = 脆弱性の影響
affected-vulnerable = 脆弱: { $name } (ビルド { $build }) には { $cves } の脆弱性があります。
affected-fixed = 修正済み: { $name } (ビルド { $build }) では修正されています。ただし、修正前に何もなかったことを示すものではありません。
affected-unaffected = 影響なし: { $name } (ビルド { $build }) にこの脆弱性はありません。
affected-unknown = 不明: { $product } のビルドについて分かること ({ $name }、{ $build }) からは、脆弱かどうか判断できません。
affected-no-build = 不明: { $product } のビルドが分かるものがありません。
affected-line-only = この系列には脆弱なビルドと修正済みのビルドがあり、手元の証拠では区別できません。
affected-likely = 製品の一部や更新プログラムの記録からの判断です。プログラム本体のバージョンは確認できていません。
affected-between = ビルド { $build } は知識パックの表にないため、同じ系列の前後のビルドと比べました。
affected-newer = ビルド { $build } は知識パックの表より新しいものです。新しい知識パックを使うか、開発元の情報を確かめてください。
affected-unlisted = ビルド { $build } は知識パックの表にありません。
affected-fix = { $name } (ビルド { $build }) 以降で修正されています。
affected-fix-update = { $name } (ビルド { $build }、{ $kb }) 以降で修正されています。
affected-no-fix = ビルド { $build } の系列には修正プログラムがありません。新しい系列への更新が必要です。
affected-installed = このサーバーは、最初の攻撃より後の { $at } に導入されました。
affected-exposed = 攻撃が知られている { $since } から今も、攻撃を受けうる状態です。
affected-patched = { $since } から攻撃を受けうる状態で、遅くとも { $by } には修正済みビルドになっていました ({ $place })。
affected-patched-between = { $since } から攻撃を受けうる状態で、{ $after } から { $by } までの間に修正済みビルドになりました ({ $place })。
affected-patched-before = 最初の攻撃より前に修正済みビルドになっていました (遅くとも { $by }、{ $place })。
affected-patched-unknown = 修正済みビルドになった時期は分かりません。{ $since } から攻撃を受けうる状態だった可能性があります。
affected-differ-newer = 矛盾: { $what } は { $says } ({ $place })、プログラム本体はそれより古いビルド { $build } です。プログラム本体のほうを採ります。更新が完了していないか、一部のファイルが置き換わっていません。管理者として開いたコマンド プロンプトから適用し直してください。
affected-differ-line = 矛盾: { $what } は { $says } ({ $place })、プログラム本体は別の系列のビルド { $build } です。プログラム本体のほうを採ります。
affected-differ-programs = 矛盾: 異なるビルドのプログラムが見つかりました ({ $builds })。古い写しが残っているか、複数のサーバーが 1 つのフォルダーにまとめられている可能性があります。
affected-differ-lines = 矛盾: 複数の系列が導入されていることになっています ({ $builds })。
affected-none = 不明: 確認したものからは、ビルドが分かりません。
affected-ask = 必要なもの:

stage-reconnaissance = 偵察
stage-attempt = 攻撃の試行
stage-exploitation = 攻撃の成功
stage-implant = 設置
stage-action = 侵入後の操作

severity-informational = 情報
severity-low = 低
severity-medium = 中
severity-high = 高
severity-critical = 緊急

kind-evtx = Windows イベント ログ
kind-event-log = イベント ログ { $name }
kind-evt = Windows イベント ログ (旧形式)
kind-hive = レジストリ ハイブ
kind-hive-log = レジストリ ハイブの変更ログ
kind-file-table = NTFS のファイル テーブル ($MFT)
kind-change-journal = NTFS の変更ジャーナル ($J)
kind-task = スケジュールされたタスク
kind-web-server-config = Web サーバーの構成
kind-command-history = PowerShell に入力されたコマンド
kind-hosts-file = hosts ファイル
kind-error-report = エラー報告
kind-protection-log = 常駐ウイルス対策ソフトのログ
kind-scan-log = 単発のウイルス検査のログ
kind-detection-history = ウイルス対策ソフトの検出履歴
kind-scanner-lines = 持ち込まれたスキャナーのログ
kind-scanner-findings = 持ち込まれたスキャナーの検出結果
kind-network-scan = ネットワーク スキャンの結果
kind-tool-output = ほかのツールの出力
kind-files = 内容を調べたファイル
kind-archive = 圧縮ファイル
kind-executable = 実行ファイル
kind-database = データベース
kind-memory-dump = メモリ ダンプ
kind-ncsa-log = NCSA 形式の Web サーバーのログ
kind-fixed-log = IIS 固有形式の Web サーバーのログ (現地時刻)
kind-unknown = 種類の分からないファイル

preview-total = { $files } ファイル、{ $bytes }。この機器での確認の所要時間は約 { $time } です (一部を読んで見積もりました)。
preview-kinds = あるもの
preview-kind = { $kind }: { $files } ファイル、{ $bytes }、約 { $time }
preview-kind-unread = { $kind }: { $files } ファイル、{ $bytes }、数えるだけで読みません
preview-missing = 「痕跡なし」と言うために必要で、見当たらないもの
preview-unreadable = 開けない、または一覧できないもの: { $count } 件
gap-permission-denied = アクセスが拒否されました
gap-vanished = 読もうとしたときには消えていました
gap-changed-while-read = 読んでいる間に変わりました
gap-read-failed = 読み取りに失敗しました
gap-line-cut = 1 MiB を超える行を途中で切りました
gap-malformed-rows = 見出しに合わない行があります
gap-header-missing = 見出しのない行があります
gap-bad-encoding = 文字として読めない部分があります
gap-no-rows = 行を区切れません
gap-special-file = 通常のファイルではないため、開いていません
gap-not-read-yet = この版では読めません
gap-link-not-followed = リンクのため、たどっていません
gap-too-many = 上限を超えています
gap-not-reached = 読む前に中断しました
gap-damaged-records = 壊れたレコードがある (ほかは読んだ)
gap-value-cut = 上限より長い値を切り詰めた
gap-over-memory = 許容量を超えるメモリーを要した
gap-over-time = 許容時間を超えた
gap-reader-failed = 読み取り処理が失敗した
gap-too-large = 大きすぎて中を調べていない
gap-encrypted = 暗号化されており、指定のパスワードでは開けない
gap-method-unsupported = 対応していない圧縮方式
gap-malformed = 先頭が示す形式になっていない
gap-nested-too-deep = 入れ子が深すぎる書庫のため開いていない
gap-changes-missing = 変更ログがなく、内容が古い可能性がある

means = 意味
not = これだけでは言えないこと
next = 次に見るもの
count-times = { $count } 件
not-listed = ほかに { $count } 件 ({ $files } ファイル)
files-bytes = { $files } ファイル、{ $bytes }
from-to = { $first } から { $last } まで
at-once = { $first }
renamed-event-log = { $path } は、名前を変えたイベント ログです
renamed-event-log-of = { $path } は、名前を変えたイベント ログです (内容は { $channel })
more-renamed = ほかに { $count } 個が別の名前
silence = { $from } から { $to } まで記録なし
more-silences = ほかに { $count } か所の途切れ
more-places = ほかに { $count } か所
in-line = { $line } 行目から
not-seen-at-all = { $kind }
not-seen-span = { $kind }: { $from } から { $to } まで
row = 行
raised = 侵入者の活動中
uncertain = 列の対応が不確か
by-author = ルール作者: { $author }
summary-scanned = 証拠 { $files } ファイル、{ $bytes }、ルール { $rules } 個。

error = エラー
cause = 原因
hint = 対処
warning = 警告

head-second-opinions = ほかのツールの結果
agreement-agrees = 一致
agreement-adds = 追加の情報あり
agreement-contradicts = 食い違い
agreement-says-less = 本結果より少ない
looked-at = 調べる対象: { $text }

opinion-said-found = { $tool } は { $count } 件を有害として挙げています。
opinion-said-found-uncounted = { $tool } は検出ありとしていますが、内容は示していません。
opinion-said-suspicious = { $tool } は確認すべきものとして { $count } 件を挙げていますが、有害とは判断していません。
opinion-said-nothing-found = { $tool } は「疑わしいものなし」としています。
opinion-said-not-looked = { $tool } は検査を省略しています。表示された結果は回答になりません。
opinion-said-vulnerable = { $tool } は、実行時点でサーバーに脆弱性があると判断しています。
opinion-said-not-vulnerable = { $tool } は、実行時点でサーバーに脆弱性はないと判断しています。
opinion-said-mitigated = { $tool } は穴を一時的にふさぎました。それ以前に侵入されたかどうかは、これでは分かりません。
opinion-said-unclear = { $tool } の結果は明確ではありません。検出も「問題なし」も書かれていません。

opinion-agrees-found = Hikeshi も、このツールの出力以外から痕跡を見つけています。最も進んだものは「{ $name }」({ $place }) です。
opinion-agrees-nothing = Hikeshi も何も見つけていません。ただし、調べた範囲に限られます。確認できなかったものは上の一覧のとおりです。
opinion-adds = 証拠が失われたか、提出されていないため、ほかの証拠には現れていません。それでも判定に含めます: 「{ $name }」({ $place })。
opinion-contradicts-harmless = 挙げられたものを、Hikeshi は今回の攻撃の痕跡とは数えません。ほかの痕跡も見つかっていません。
opinion-contradicts-missed = このツールにも見えたはずのものを、Hikeshi は見つけています: 「{ $name }」({ $place })。
opinion-says-less = Hikeshi は次を見つけています: 「{ $name }」({ $place })。
opinion-no-answer = この結果からは、攻撃されたかどうかは分かりません。判定は、Hikeshi が読んだ証拠によります。
opinion-logs-late = このツールが見たログには、{ $days } 日分 (およそ { $logs-from } 以降) しか残っていないものがありました。最初の痕跡は { $attack } です。それより前の出来事は見えていません。
opinion-logs-late-window = このツールが見たログには、{ $days } 日分 (およそ { $logs-from } 以降) しか残っていないものがありました。攻撃は { $attack } から知られています。それより前の出来事は見えていません。
opinion-removed = このツールは { $count } 件 ({ $listed } など) を除去しました。そこにあった以上、いまは消えていても、侵入されたことに変わりはありません。
opinion-note = { $words }

# ブラウザーで読む報告書。
html-title = Hikeshi 調査報告書
html-skip = 詳細へ移動
html-contents = この報告書の目次
html-made-by = { $name } { $version } で作成。このファイルだけで完結しており、外部からの読み込みも外部への送信も行いません。
html-more = { $shown } 件を表示しています。ほかに { $count } 件あります (JSON の報告書に含まれるか、件数のみ)。
html-all-steps = { $count } 件の手順をすべて見る
html-all-unseen = { $count } 件すべてと、足りないものの集め方
html-all-unseen-none = 足りないものの集め方
meaning-clean = この結果は、以下に示す期間と証拠、そして今回の攻撃についてのものです。ほかの日、ほかのサーバー、ほかの攻撃については何も示しません。
meaning-inconclusive = 「問題なし」ではありません。痕跡は、確認できなかったものの中に残っている可能性があります。以下の不足が埋まるまでは、侵入された可能性のあるサーバーとして扱ってください。
meaning-attempted = このサーバーに攻撃が送られています。手元のログには成功した形跡がありませんが、確認できなかった範囲で成功した可能性は残ります。
meaning-exploited = 何者かが脆弱性を突いて侵入しました。それ以外の痕跡が見つからないことは、何もされなかったことを意味しません。
meaning-compromised = 第三者がこのサーバーを操作できる状態でした。現在も続いている可能性があります。パスワード、データ、このサーバーから届くほかの機器にも被害が及んでいるおそれがあります。更新プログラムを適用しても、侵入者は排除できません。
fact-server = サーバー
fact-signs = 攻撃の痕跡
fact-intruders = 攻撃者
fact-intruders-count = 侵入者 { $count } 組 (痕跡から分かる範囲)
fact-looked-at = 確認した範囲
head-first = 最初にすること
contacts-none = この結果だけを理由に連絡すべき相手はありません。
contacts-more = ほかの連絡先 ({ $count } 件)
unseen-all = 確認できなかったもの (全体) と集め方
coverage-caption = 証拠の種類ごとの一覧
unseen-nothing = 渡されたものはすべて読み取ることができ、判断に必要な証拠もそろっています。
time-unknown = 時刻不明
head-indicators = ほかの機器で探すもの
head-about = この報告書について
head-machines = 証拠に現れた機器
head-footprint = この調査が残したもの
findings-how = 最も進んだ段階から順に示します。各行を開くと、意味と、根拠となる記録が表示されます。接続元などは、クリックできない形で書いています。
findings-none = 判定に影響するものはありません。以下は参考です。
rules-count = ルール { $count } 個
stage-means-reconnaissance = 様子を探られています。
stage-means-attempt = 攻撃が試みられています。成功したかどうかは、ここからは分かりません。
stage-means-exploitation = 攻撃の一部が成功しています。
stage-means-implant = ページ、アカウント、タスクなどが残されています。
stage-means-action = サーバー上で操作されたか、残されたものが使われています。
joined-with = 次の場所の記録と結び付けたものです:
rule-name = ルール { $name }
under-licence = ライセンス: { $licence }
indicators-how = ファイアウォール、プロキシ、ほかのサーバーのログで、次のものを探してください。接続元や URL には、誤って開かないよう角括弧を入れてあります。検索するときは取り除いてください。
indicator-hashes = ファイルのハッシュ
indicator-value = 値
indicator-seen = 見つかった場所
affected-known-by = ビルドの根拠
affected-source = 情報源
affected-build = 示す内容
when = 日時 (UTC)
where = 場所
why = 理由
unread-caption = 読めなかったもの、一部しか読めなかったもの
narrowed-head = 指定により除いたもの
narrowed-since = これより前のすべて
narrowed-until = これより後のすべて
narrowed-include = 対象としたファイル
narrowed-exclude = 除いたファイル
narrowed-files = パスの指定で除いたファイルの数
coverage-kind = 証拠の種類
coverage-amount = 量
coverage-gaps = 途切れなど
coverage-no-gaps = 途切れは見当たらず
coverage-unread = { $count } か所を読めないか、一部のみ
machine-name = 名前
machine-zone = 現地時刻
footprint-read = 証拠 { $files } ファイルを、読み取り専用で開きました。
footprint-nothing = 変更、削除、修復は行っていません。外部への送信も、ほかの機器への問い合わせも行っていません。
footprint-written = 書き込んだのは、指定があった場合のこの報告書だけです。
footprint-live = 稼働中のサーバーで実行した場合は、ほかのプログラムと同じように、起動の記録 (イベント ログ、プリフェッチ) が残り、メモリーを使います。ファイル システムの設定によっては、最終アクセス日時も変わります。
timeline-none = 時刻のある痕跡は見つかっていません。
timeline-caption = 出来事 (古い順)
timeline-what = 内容
timeline-stage = 段階
picture-title = 攻撃、ログ、更新の時期
picture-window = 攻撃がありえた期間
picture-exposed = { $name }: 攻撃を受けうる状態 (現在も)
picture-exposed-until = { $name }: 攻撃を受けうる状態 ({ $to } の更新まで)
picture-signs = 痕跡: { $stage }
picture-missing = 確認できず: { $kind }
picture-logs = ログ: { $kind }
picture-key-window = 攻撃がありえた、または攻撃を受けうる状態だった期間
picture-key-signs = 攻撃の痕跡
picture-key-logs = 証拠がある期間
picture-key-patch = 修正済みビルドの適用
picture-key-gap = 何も確認できていない期間
picture-say-window = 攻撃がありえたのは { $from } から { $to } までです。
picture-say-exposed = { $name } は { $from } から今も攻撃を受けうる状態です。
picture-say-exposed-until = { $name } は { $from } から、修正済みビルドになった { $to } まで攻撃を受けうる状態でした。
picture-say-signs = { $from } から { $to } までに { $count } 件の出来事が見つかりました。
picture-say-logs = 証拠は { $from } から { $to } までのものです。
picture-say-gaps = 途切れは{ $count ->
    [0] 見当たりません
   *[other] { " " }{ $count } か所です
  }。判断に必要な証拠のうち、{ $missing ->
    [0] 欠けているものはありません。
   *[other] { $missing } 種類は全部または一部が欠けています。
  }
hash-of-file = このファイルの SHA-256:
# ほかのプログラム向けの出力。
csv-more = このファイルでは、このルールに { $count } 件が当てはまり、うち { $shown } 件を載せています。
timesketch-verdict = 証拠の最新の記録 (判定)
timesketch-record = 記録の時刻
timesketch-no-time = 時刻不明のため、最新の記録の時刻に置いています
stix-server = サーバー (証拠に名前なし)
stix-grouping = このサーバーから分かる範囲で、ひとまとまりと考えられる痕跡です。誰の仕業かを示すものではありません。当てはまったルール:
sarif-base = 調査の対象として指定したフォルダーまたはファイル。
markdown-machines = サーバー

# 複数のサーバーのまとめ。
fleet-head = サーバー { $servers } 台
fleet-first = 先に対応すべきサーバー
fleet-shared = 複数のサーバーに共通するもの
fleet-unread = 報告書として読めなかったファイル
fleet-not-compared = 数が多すぎるか長すぎるため、{ $count } 件は比べていません。
fleet-verdict-clean = 問題なし
fleet-verdict-inconclusive = 判断できません
fleet-verdict-attempted = 攻撃あり
fleet-verdict-exploited = 侵入あり
fleet-verdict-compromised = 侵害あり
fleet-affected-vulnerable = 脆弱なまま
fleet-affected-fixed = 修正済み
fleet-affected-unaffected = 影響なし
fleet-affected-unknown = ビルド不明
fleet-affected-mixed = 一部が脆弱
fleet-intruders = 侵入者 { $count } 者
fleet-missing = { $count } 種類の証拠が不足
fleet-places = { $count } か所を読めないか、一部のみ
fleet-practice = 訓練用データ
fleet-redacted = 仮名化済み
fleet-partial = 途中で中断
fleet-address = 接続元
fleet-page = ページ
fleet-account = アカウント
fleet-hash = ファイル (SHA-256)
fleet-by-intruder = 侵入者が使用
fleet-by-prober = 試行のみ

# 同じサーバーの 2 つの報告書。
compare-verdict = 判定が変わりました: { $old } → { $new }
compare-same-verdict = 判定は変わっていません: { $verdict }
compare-old = 前回
compare-new = 今回
compare-as-of = { $time } 時点
compare-same = 両方にある痕跡は { $count } 件です。
compare-unsure = { $count } 件については分かりません。ルールに当てはまった記録が多く、報告書にすべては載っていないためです。記録の件数を見てください。
compare-other-rules = 使ったルールまたはプログラムの版が異なります。違いはそのためかもしれません。
compare-added = 新しく見つかったもの
compare-gone = 見つからなくなったもの
compare-rules = 記録の件数が変わったルール
compare-missing-added = 新たに不足している証拠
compare-missing-gone = 不足が解消した証拠

# Shown while a run goes on.
progress-reading = 読み取り中
progress-following = 手がかり { $leads } 件を追跡中
progress-files = { $files } ファイル中 { $done } 完了
progress-left = 残り
progress-first-signs = 最初の検出 (判定前):
progress-more-signs = これ以降はレポートに記載します。
