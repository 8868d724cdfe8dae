/**
 * Multicast groups of a host: source filters, and the reports that tell routers of them, of IGMP (RFC 3376) and MLD
 * (RFC 3810), which speak for one state machine.
 */
@NullMarked
package io.tapstack.multicast;

import org.jspecify.annotations.NullMarked;
