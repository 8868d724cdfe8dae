package io.tapstack.names;

/**
 * A question of a query (RFC 1035 4.1.2), of the class IN.
 *
 * @param name in lower case, without the dot at the end
 * @param type see {@link DnsCodec}
 */
record Question(String name, int type) {}
