/** IPv4 addresses of a host without configuration: leased by DHCP (RFC 2131), or link-local (RFC 3927). */
@NullMarked
package io.tapstack.dhcp;

import org.jspecify.annotations.NullMarked;
