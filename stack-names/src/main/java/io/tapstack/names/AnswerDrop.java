package io.tapstack.names;

/** Why a message that arrived from a server was dropped, or one of its parts. */
public enum AnswerDrop {
    /** It is not a DNS message. */
    MALFORMED,
    /** It is a query, or answers something other than a query. */
    NOT_AN_ANSWER,
    /** It has the identifier of another query: late, or a guess (RFC 5452). */
    WRONG_ID,
    /** It answers another question. */
    WRONG_QUESTION,
    /** Its aliases form a circle, or are too many. */
    ALIAS_LOOP
}
