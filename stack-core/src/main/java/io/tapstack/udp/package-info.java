/** UDP (RFC 768). */
@NullMarked
package io.tapstack.udp;

import org.jspecify.annotations.NullMarked;
