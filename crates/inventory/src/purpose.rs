//! What uses are for, in tags that rules and guidelines can ask about.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a use is for, in a tag.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Deciding on credit.
    CreditDecision,
    /// Watching credit once given.
    CreditMonitoring,
    /// Advising clients on investments.
    InvestmentAdvice,
    /// Recommending products to clients.
    Recommendation,
    /// Research for clients.
    Research,
    /// Serving customers after a sale.
    Servicing,
    /// Answering customers.
    CustomerSupport,
    /// Watching transactions for money laundering.
    TransactionMonitoring,
    /// Finding fraud.
    FraudDetection,
    /// Knowing customers.
    CustomerDueDiligence,
    /// Selling and advertising.
    Marketing,
    /// Setting prices.
    Pricing,
    /// Taking insurance risks.
    Underwriting,
    /// Handling claims.
    Claims,
    /// Collecting debts.
    Collection,
    /// Trading.
    Trading,
    /// Managing risk.
    RiskManagement,
    /// Watching systems or markets.
    Monitoring,
    /// Reporting to authorities.
    RegulatoryReporting,
    /// Managing staff.
    Employment,
    /// Helping staff with their work.
    Productivity,
    /// Writing software.
    SoftwareDevelopment,
    /// Something else.
    Other,
}
