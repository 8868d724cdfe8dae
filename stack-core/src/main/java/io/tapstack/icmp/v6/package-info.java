/** ICMPv6 (RFC 4443): echo, and errors sent and received. */
@NullMarked
package io.tapstack.icmp.v6;

import org.jspecify.annotations.NullMarked;
