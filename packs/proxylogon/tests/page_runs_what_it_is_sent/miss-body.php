<?php $body = json_decode(file_get_contents("php://input"), true); call_user_func($handler, $body);
