/** IPv4: validation, routing, fragmentation, reassembly, and the path that a transport sends along. */
@NullMarked
package io.tapstack.ip;

import org.jspecify.annotations.NullMarked;
