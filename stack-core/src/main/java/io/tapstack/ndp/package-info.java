/**
 * Neighbor Discovery for IPv6 (RFC 4861): neighbours, routers, prefixes, redirects; and the addresses that a host makes
 * by itself (RFC 4862, RFC 7217, RFC 8981).
 */
@NullMarked
package io.tapstack.ndp;

import org.jspecify.annotations.NullMarked;
