/** The cache of Fast Open cookies of a client (RFC 7413). */
@NullMarked
package io.tapstack.tcp.fastopen;

import org.jspecify.annotations.NullMarked;
