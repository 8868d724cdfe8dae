/** A TCP proxy: each connection that comes in is joined to one that goes out. */
@NullMarked
package io.tapstack.proxy;

import org.jspecify.annotations.NullMarked;
