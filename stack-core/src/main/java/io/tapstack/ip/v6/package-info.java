/** IPv6 (RFC 8200) for a host: extension headers, fragments, interfaces and paths. */
@NullMarked
package io.tapstack.ip.v6;

import org.jspecify.annotations.NullMarked;
