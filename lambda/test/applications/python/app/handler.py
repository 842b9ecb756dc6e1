"""A Python application whose prices come from a package in a layer."""

import json
import logging
import os

from prices import NoSuchProduct, price_of

logger = logging.getLogger()
logger.setLevel(logging.INFO)
started = 0


def lambda_handler(event, context):
    global started
    started += 1
    product = event.get("queryStringParameters", {}).get("product", "tea")
    logger.info("price of %s", product)
    try:
        cents = price_of(product)
    except NoSuchProduct as error:
        logger.warning(error)
        return {"statusCode": 404, "body": json.dumps({"missing": product}, ensure_ascii=False)}
    return {
        "statusCode": 200,
        "headers": {"content-type": "application/json"},
        "cookies": [f"seen={started}"],
        "body": json.dumps(
            {
                "cents": cents,
                "started": started,
                "requestId": context.aws_request_id,
                "left": 0 < context.get_remaining_time_in_millis() <= 30_000,
                "region": os.environ["AWS_REGION"],
            }
        ),
    }


def broken(event, context):
    return price_of(event["product"])
