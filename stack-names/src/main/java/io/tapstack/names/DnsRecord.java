package io.tapstack.names;

import io.tapstack.wire.IpAddress;
import java.util.Optional;

/**
 * A resource record (RFC 1035 3.2.1).
 *
 * @param name its owner, in lower case, without the dot at the end
 * @param type the name of its type, such as {@code MX}
 * @param ttlSeconds the time for which it may be kept
 * @param data its data in the form of zone files, such as {@code 10 mail.example.com.}
 * @param address that of an A or AAAA record
 */
public record DnsRecord(String name, String type, long ttlSeconds, String data, Optional<IpAddress> address) {}
