package io.tapstack.dhcp;

/** The values of option 53 (RFC 2132 9.6), in the order of their numbers from 1 on. */
enum DhcpMessageType {
    DISCOVER,
    OFFER,
    REQUEST,
    DECLINE,
    ACK,
    NAK,
    RELEASE;

    int number() {
        return ordinal() + 1;
    }
}
