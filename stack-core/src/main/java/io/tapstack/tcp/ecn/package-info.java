/** ECN feedback (RFC 3168, RFC 9768): its negotiation in the handshake, and the counters of both sides. */
@NullMarked
package io.tapstack.tcp.ecn;

import org.jspecify.annotations.NullMarked;
