/** IPv4: validation, routing, fragmentation, reassembly, and the paths of transports. */
@NullMarked
package io.tapstack.ip;

import org.jspecify.annotations.NullMarked;
