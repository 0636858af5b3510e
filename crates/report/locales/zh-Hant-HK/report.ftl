# 報告用語。英文檔載有相同的訊息及變數。

## 語言及標點
language-name = 繁體中文
list-comma = 、
clause-comma = ，
list-or = 或
semicolon = ；
sentence-gap = { "" }
word-gap = { " " }
month-1 = 1月
month-2 = 2月
month-3 = 3月
month-4 = 4月
month-5 = 5月
month-6 = 6月
month-7 = 7月
month-8 = 8月
month-9 = 9月
month-10 = 10月
month-11 = 11月
month-12 = 12月
date = { $year }年{ $month }{ $day }日
instant = { $date } { $time }（香港時間）
date-imprecise = { $date }（{ $precision }）
page-of = 第 { $page } 頁，共 { $pages } 頁

## 頁面
skip = 跳至內容
navigation = 導覽
assessed-at = 評估時間：{ $instant }；程式：{ $program }
measured-with = 量度程式：{ $program }
as-of = 以 { $date } 為準：沒有執行任何檢查；只計算該日或之前的紀錄及指引版本；用例資料以資料夾現有者為準。
rests-on = 本文件以下列指引版本為依據：
guideline-version = { $id }，版本 { $version }，{ $status }
disclaimer = 各項陳述為原文的轉述，並非法律意見。每項均註明段落及閱讀來源；引用前請查閱原文。

## 機構
institution-summary = 共 { $uses }：{ $shut }，{ $open }。
held-up-count = { $count ->
    [0] 全無受阻
   *[other] { $shown } 個受阻
}
free-to-go-count = { $count ->
    [0] 暫無可繼續者
   *[other] { $shown } 個可繼續
}
uses-count = { $shown } 個人工智能用例
uses-title = 人工智能用例
no-uses = 資料夾內尚無用例。請以 uses/名稱.yaml 新增。
first-step = 首先：{ $action }
steps-count = 待辦事項：{ $shown } 項。
coverage-title = 覆蓋情況：指引與用例
coverage-chart = 適用管控中已完成的數目
coverage-lead = 每格顯示現時適用的管控中，已符合或獲豁免的數目。點按可前往有關管控。
coverage-summary = 有 { $shown } 格的管控使下一關卡關閉。
settled-of = { $settled }/{ $due }
cell-settled = { $due } 項中 { $settled } 項已完成
cell-blocking = { $shown } 項使下一關卡關閉
standing-met = 適用管控全部符合或獲豁免
standing-open = 有待處理，但現時不影響關卡
standing-blocks = 有管控使下一關卡關閉
standing-none = 現時並無適用管控
guidelines-title = 指引
guidelines-caption = 本評估所依據的指引版本
our-title = 本產品譯名
force-and-status = { $force }，{ $status }

## 階段、級別、關卡
stage = 階段
stages = 各階段
stage-suspended = { $stage }（已暫停）
suspended-note = 已暫停：保留所在階段，但不得進行任何運作。
tier = 風險級別
stage-and-tier = 階段：{ $stage } | 風險級別：{ $tier }
entity-owner-id = { $entity } | { $owner } | { $id }
senses = 各指引所指的「高風險」
high-risk-yes = 高風險（{ $sense }）：是
high-risk-no = 高風險（{ $sense }）：否
high-risk-unknown = 高風險（{ $sense }）：未知
gate-open = 由{ $from }至{ $to }的關卡開放
gate-shut = 由{ $from }至{ $to }的關卡關閉
stay-open = 仍符合{ $stage }階段的要求
stay-shut = 已不符合{ $stage }階段的要求
gate-tally = 關卡要求 { $asked } 項管控，其中 { $content } 項已完成。
no-further-gate = 再無關卡
open = 開放
shut = 關閉
holds = 維持
lapsed = 失效
none-ahead = 無
blockers-title = 下一關卡的障礙，按處理次序排列
preparation-title = 為其後關卡作準備
approvals-title = 已記錄的批准
for-gate = 為{ $to }階段：
who-may = 可由以下人士處理：{ $people }
title-and-paragraph = { $title }（{ $paragraph }）
blocks-next-gate = 使下一關卡關閉

## 用例簡介
about-title = 關於此用例
fact-entity = 法律實體
fact-owner = 負責人
fact-decides = 決定範圍
fact-affects = 受影響人士
foundations-title = 所依據的模型、數據及供應商
foundation-model = 模型
foundation-dataset = 數據集
foundation-prompt = 提示
foundation-tool = 工具
foundation-provider = 供應商
no-files = 沒有檔案
snapshot = 快照：

## 管控
controls-title = 管控
controls-hidden = { $shown } 項管控不適用、尚未到期或不作判斷。
guidelines-hidden = 另有 { $shown } 份指引，現時並無適用管控。
guideline-about = { $issuer }。{ $force }，{ $status }；發布日期：{ $issued }；{ $id }，版本 { $version }
guideline-caution = 此指引屬「{ $status }」，並非現行有效：僅供參考，不會使關卡關閉。
confidence-and-basis = { $confidence }，閱讀來源：{ $basis }
duty-of = 屬{ $holder }的責任；僅予列示，不作判斷
open-because = 理由
verdict-not-judged = 不作判斷

## 檢查
checks-title = 檢查及其門檻
check-and-threshold = { $check }：{ $threshold }
threshold = 門檻
threshold-at-least = 至少 { $value }
threshold-at-most = 至多 { $value }
threshold-between = 介乎 { $low } 與 { $high }
threshold-none = 無
threshold-whole-interval = 整個區間均須達標
threshold-of-reference = 參照組比率 × { $ratio }
threshold-set-by = 由{ $person }於 { $date } 訂定；原因載於報告
threshold-source = 門檻由{ $person }於 { $date } 訂定：{ $because }
set-by-on = 由{ $person }於 { $date } 訂定
speaks-for = 所證明的管控
no-text-fixes-a-threshold = 據我們所查，並無香港文件為此等量度訂明門檻。以下各門檻均由機構人員訂定，並載有其姓名、原因及日期。

head-found = 結果

## 量度
measured-on = 量度所用數據集：{ $dataset }
measurements-title = 量度結果
measurements-hidden = 另有 { $shown } 項量度
not-printed = 不予列印；請參閱屏幕版本或 assessment.json。
all-measurements = 其餘 { $shown } 項量度
measure-of = { $measure }：{ $slice }
group-and-group = 、
bin-number = 第 { $bin } 區間
against = 對比 { $reference }
too-few = 數據行太少（{ $rows }／{ $least }）
undefined = 沒有數值：{ $because }
rows-short = { $shown } 列
nothing-measured = 沒有任何量度。
method-exact = { $level }，{ $method }
method-approximate = { $level }，{ $method }，加權下為近似值
all-periods = 全部
whole-data = 整個數據集

## 圖表
as-table = 以表格顯示
rates-title = 按 { $attribute } 劃分的{ $measure }
rates-summary = 由 { $low }（{ $lowgroup }）至 { $high }（{ $highgroup }）。
rates-summary-one = { $value }（{ $group }）。
rates-straddle = 部分信賴區間跨越門檻：{ $groups }。
rates-outside = 超出門檻：{ $groups }。
reference-group = { $group }（參照組）
legend-dot = ● 組別及其區間
legend-reference = ○ 參照組
legend-outside = ◆ 超出門檻
legend-threshold = ┆ 門檻；淺色範圍為可接受
reliability-title = 可靠度：評分與實際結果
reliability-summary = 共 { $bins } 個區間。偏離對角線最遠者：平均評分 { $score }，實際發生率 { $observed }。
axis-score = 評分
axis-observed = 實際發生率
legend-bin = ● 一個區間，數據行愈多愈大；豎線為置信區間
legend-diagonal = ┄ 評分與結果一致
scores-title = 按標籤劃分的評分分布
scores-summary = 標籤為 { $positive } 的中位個案評分為 { $positivefrom } 至 { $positiveto }，標籤為 { $negative } 者為 { $negativefrom } 至 { $negativeto }。
side-label = { $label }（{ $rows } 列）
cut-off = 分界值 { $value }
legend-sides = 向上實心：正類標籤。向下空心：負類標籤。各以其自身數據行的比例計。
drift-title = 按欄及期間劃分的{ $measure }
drift-summary = 最大值：{ $value }（{ $column }、{ $period }）。
drift-beyond = 超出門檻：{ $shown } 格。
legend-shade = 顏色愈深，數值愈大
legend-frame = ▣ 粗框：超出 { $threshold }
compared-with = 對比 { $reference }

## 定義
definitions-title = 定義
definitions-lead = 各程式庫對同一名稱的定義不盡相同。本頁每個數字只跟從一個定義，並以識別碼註明。
definitions-open = 公式、慣例及出處
orientation-event = 以事件為正類
orientation-favourable = 以有利結果為正類
orientation-neither = 不分正負類
bin-rule = 分組：{ $rule }
zero-rule = 零值規則：{ $rule }

## 表頭
head-bin = 區間
head-because = 原因
head-column = 欄
head-control = 管控
head-definition = 定義
head-digest = 摘要值
head-guideline = 指引
head-in-force = 生效日期
head-interval = 置信區間
head-issued = 發布日期
head-issuer = 發布機構
head-kind = 種類
head-mean-score = 平均評分
head-measure = 量度
head-name = 名稱
head-observed = 實際發生
head-rows = 數據行
head-slice = 範圍
head-standing = 地位
head-value = 數值
head-verdict = 判定
head-version = 版本

## 帳本
ledger-title = 帳本
ledger-lead = 共 { $entries } 項記錄；最後一項於{ $last }記入。
ledger-made = 於{ $instant }以 { $program } 查閱
ledger-growth = 增長
ledger-growth-summary = { $batches } 個批次共 { $entries } 項記錄，最大的批次有 { $most } 項。
ledger-growth-legend = 曲線為記錄數目；每條柱為一次寫入並簽署的批次。已完成的分段只顯示其最後一個批次。
ledger-growth-table = 最近的批次，由新至舊
ledger-batch-axis = 每批次的記錄數目
ledger-batch = 批次
ledger-when = 時間
ledger-entries = 記錄數目
ledger-size = 帳本大小
ledger-checkpoint = 最近的檢查點
ledger-checkpoint-lead = 機構最近簽署的內容。請保存副本：持有較早檢查點的人，會發現任何被更改或刪去的記錄。
ledger-keys = 驗證金鑰
ledger-retired = 不再簽署
ledger-witnesses = 見證人
ledger-no-witness = 未有見證人簽署。若無機構以外的見證人，帳本可向不同的人展示不同的歷史。
ledger-witnessed = { $name } 於{ $instant }見證 { $size } 項記錄
ledger-limits = 帳本可顯示竄改：持有較早檢查點或收據的人會發現任何改動。帳本無法顯示從未記入的事項。
ledger-report-title = 帳本記錄
ledger-report-lead = 本次評估為帳本 { $log } 的第 { $index } 項記錄，其後記入 { $changed } 項證據及結論的變動。
ledger-report-how = 如要在不依靠機構的情況下核對：把收據及記錄按原文存檔，然後執行
ledger-report-receipt = 收據
ledger-report-entry = 記錄
ledger-report-key = 下列金鑰隨本報告提供。請與機構在其他途徑公布的金鑰比較。
ledger-growth-chart = 記錄數目隨時間的變化
head-check = 檢查
head-outcome = 結果
head-answer = 發現
head-threshold = 門檻由誰設定及原因
no-checks = 此用例沒有聲明任何檢查。

## Documents
pdf-page = 第 { $page } 頁，共 { $pages } 頁
