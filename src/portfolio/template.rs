//! A list to begin with: headings and one row, in English or Chinese.

use dualtrack_catalogue::Language;

/// A CSV file with headings that are understood, and one row that shows how to fill them in.
pub(crate) fn template(language: Language) -> String {
    // The mark at the beginning tells spreadsheets that it is UTF-8.
    format!("\u{feff}{}", language.pick((ENGLISH, CHINESE)))
}

const ENGLISH: &str = "\
Id,Name,Chinese name,Purpose,Purpose tags,Owner,Legal entity,Stage,Live,Live since,Models,Providers,Personal data,\
Affects customers,Customer facing,Generative AI,Automated decision,Catch up 1,Due 1,Catch up 2,Due 2\r\n\
letter-sorting,Letter sorting,信件分類,Sorts incoming letters by department.,productivity,Chan Tai-man,Harbour Bank,\
production,yes,2024-03-01,,,yes,no,no,no,no,Validate it independently.,2027-03-31,Write its limits down.,2027-06-30\r\n";

const CHINESE: &str = "\
編號,英文名稱,中文名稱,中文用途,用途類別,負責人,法律實體,階段,是否運作,上線日期,模型,供應商,個人資料,\
影響客戶,面向客戶,生成式人工智能,自動化決定,補齊步驟1,補齊期限1,補齊步驟2,補齊期限2\r\n\
letter-sorting,Letter sorting,信件分類,按部門分揀來信。,productivity,陳大文,海港銀行,\
正式運作,是,2024-03-01,,,是,否,否,否,否,由獨立人員驗證,2027-03-31,寫明其限制,2027-06-30\r\n";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portfolio::Mapping;

    #[test]
    fn every_heading_of_a_template_is_understood() {
        let place = tempfile::tempdir().unwrap();
        for language in Language::ALL {
            let path = place.path().join("list.csv");
            std::fs::write(&path, template(language)).unwrap();
            let sheet = crate::sheet::read(&path, None, crate::sheet::LIST, language).unwrap();
            assert_eq!((sheet.headings.len(), sheet.rows.len()), (21, 1));
            assert_eq!(sheet.rows.first().unwrap().cells.len(), 21);
            assert_eq!(Mapping::of(&sheet, None, language).unwrap().left_aside, Vec::<String>::new());
        }
    }
}
