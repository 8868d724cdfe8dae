/** ICMP for IPv4 (RFC 792, RFC 1122 3.2.2, RFC 1812 4.3). */
@NullMarked
package io.tapstack.icmp.v4;

import org.jspecify.annotations.NullMarked;
